package supervise

import (
	"context"
	"os"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/supervise/machine"
)

// Native is a service whose program is a function of this process. On disk it looks like any other: its
// pid is that of this process. The function returns when ctx is done, which any signal that would end a
// process sees to but SIGHUP, which has daemons reload; ready, which may be called once from anywhere, is its readiness notification. An error
// is reported and counts as exit code 1.
type Native func(ctx context.Context, ready func()) error

// nativeRun is one run of a Native.
type nativeRun struct {
	cancel context.CancelFunc
	killed unix.Signal // what ended it, or 0; in the loop only
}

func (r *nativeRun) signal(sig unix.Signal) {
	switch sig {
	case unix.SIGTERM, unix.SIGKILL, unix.SIGINT, unix.SIGQUIT, unix.SIGABRT:
		r.killed = sig
		r.cancel()
	}
}

func (s *service) startNative() machine.Event {
	ctx, cancel := context.WithCancel(context.Background())
	run := &nativeRun{cancel: cancel}
	s.run, s.pid = run, os.Getpid()
	e := s.engine
	ready := func() {
		e.Post(func() {
			if s.run == run && s.state.Phase == machine.Up && !s.state.Ready {
				s.step(machine.Notified)
			}
		})
	}
	prog, native := s.prog(), s.native // s is the loop's
	go func() {
		err := e.call(prog, func() error { return native(ctx, ready) })
		cancel()
		e.Post(func() { s.nativeDied(run, err) })
	}()
	return machine.Started
}

// call runs f; a panic is an error like any other.
func (e *Engine) call(prog string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			e.panicked(prog, r)
			err = unix.EFAULT
		}
	}()
	return f()
}

func (s *service) nativeDied(run *nativeRun, err error) {
	if s.run != run {
		return
	}
	status := proc.Killed(run.killed)
	if err != nil && run.killed == 0 {
		s.warn("%s", applet.Reason(err))
		status = proc.Exited(1)
	}
	s.run = nil
	s.died(s.pid, status)
}
