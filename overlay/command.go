package overlay

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// runCommand runs the command of the container and waits for it. ended is false when there is none, or when
// the container is to stop before it has ended.
func (l *life) runCommand() (code int, ended bool) {
	argv := l.inv.Args
	if len(argv) == 0 || l.stopping() {
		return 0, false
	}
	settings := l.latest()
	argv = append(strings.Fields(settings.CmdArg0), argv...)
	st, err := l.commandState(settings)
	if err != nil {
		l.say("fatal", "unable to prepare the command %s: %s", argv[0], applet.Reason(err))
		return applet.ExitSystem, true
	}
	defer st.Release()
	if file, err := st.LookPath(argv[0]); err == nil {
		dir, _ := st.Getwd()
		argv = l.byShell(argv, dir, file)
	}
	done := make(chan proc.Status, 1)
	var status proc.Status
	pid := 0
	l.relay.Store(settings.CmdReceiveSignals) // those that come while it starts wait for it
	err = l.engine.Child(func() (int, error) {
		pid, status, err = chain.StartRest(st, prog, argv)
		l.command.Store(int64(pid))
		return pid, err
	}, func(s proc.Status) { done <- s })
	if pid == 0 {
		l.relay.Store(false)
	}
	if err != nil {
		l.say("fatal", "unable to run the command %s: %s", argv[0], applet.Reason(err))
		return applet.ExitSystem, true
	}
	if pid > 0 {
		if sys.IsTerminal(l.stdio[0]) {
			go keepRunning(pid)
		}
		l.relayTo(pid, settings.CmdReceiveSignals)
		select {
		case status = <-done:
		case <-l.stop:
			return 0, false
		}
		l.relayTo(0, false)
	}
	return exitCodeOf(status), true
}

// keepRunning continues the command when it is stopped from its terminal (Ctrl-Z): there is no shell to continue it, and as
// process 1 it would not stop either.
func keepRunning(pid int) {
	for {
		sig, err := proc.Stopped(pid)
		if err != nil {
			return
		}
		if sig != unix.SIGSTOP {
			unix.Kill(-pid, unix.SIGCONT)
		}
	}
}

// exitCodeOf is the exit code of a container whose command ended with status.
func exitCodeOf(status proc.Status) int {
	if sig := status.Signal(); sig != 0 {
		return 128 + int(sig)
	}
	return status.Code()
}

// commandState is the process the command is to be: in the container's directory, with its descriptors, and
// if there is a terminal in the foreground of it.
func (l *life) commandState(settings Settings) (*proc.State, error) {
	st := proc.New(l.env)
	if err := st.Chdir(l.dir); err != nil {
		l.warn("unable to chdir to %s, running the command in /: %s", l.dir, applet.Reason(err))
		if err := st.Chdir("/"); err != nil {
			return nil, err
		}
	}
	from := [3]int{l.stdio[0], 1, 2}
	if settings.CmdTerminal && sys.IsTerminal(l.stdio[0]) {
		from[1], from[2] = l.stdio[0], l.stdio[0]
	}
	for n, fd := range from {
		if err := st.BorrowFD(n, fd); err != nil {
			return nil, err
		}
	}
	if sys.IsTerminal(l.stdio[0]) {
		st.StartInForeground(l.stdio[0])
	}
	return st, nil
}

// relayTo says which process gets the signals that are meant for this one, if relay is set, and where
// scripts find its pid.
func (l *life) relayTo(pid int, relay bool) {
	file := l.run + "/s6/cmdpid"
	was := l.relay.Swap(relay)
	l.command.Store(int64(pid))
	switch {
	case relay:
		if err := sys.ReplaceFile(sys.AT, file, []byte(strconv.Itoa(pid)+"\n"), 0o644); err != nil {
			l.warn("unable to write %s: %s", file, applet.Reason(err))
		}
	case was:
		os.Remove(file)
	}
}
