package proc

import (
	"os"
	"os/signal"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

// kept are the signals whose handlers the Go runtime needs, or never touches.
var kept = [65]bool{
	unix.SIGSEGV: true, unix.SIGBUS: true, unix.SIGFPE: true, unix.SIGURG: true, unix.SIGKILL: true,
	unix.SIGSTOP: true, unix.SIGTSTP: true, unix.SIGTTIN: true, unix.SIGTTOU: true, unix.SIGCONT: true,
	32: true, 33: true, 34: true,
}

// faults are those of them that another process may send too.
var faults = [...]os.Signal{unix.SIGSEGV, unix.SIGBUS, unix.SIGFPE}

// Fault tells whether sig is one that the Go runtime takes for an error of the program itself.
func Fault(sig unix.Signal) bool { return slices.Contains(faults[:], os.Signal(sig)) }

var defaultsOnce sync.Once

// inheritSignals keeps the signals ignored that this process was started with ignored, where the Go runtime
// would handle them: here and in every program executed from here. Handled signals are default again after
// an execve, so a process that is about to do one needs no more.
//
// No signal has a default action on process 1. Left to the runtime, those of deadly would end it with code 2, while it drops
// the others; as the kernel's default they would be dropped, or end it all the same if the thread they come to has them
// blocked, as one of the runtime's has. So process 1 catches them from here on: held has those that came, as many as it has
// room for.
func inheritSignals() (held <-chan os.Signal) {
	for n := 1; n < len(kept); n++ {
		if !kept[n] && inheritedIgnored(n) {
			signal.Ignore(unix.Signal(n))
		}
	}
	if unix.Getpid() != 1 {
		return nil
	}
	runtime.LockOSThread() // the main thread is not the one where the runtime waits for signals
	c := make(chan os.Signal, 16)
	for _, sig := range deadly {
		if !inheritedIgnored(int(sig)) {
			signal.Notify(c, sig) // each takes the time of some switches of threads: there are no more than it takes
		}
	}
	return c
}

// SystemdHalt is SIGRTMIN+3, by which systemd halts: the STOPSIGNAL of images that are made for it.
const SystemdHalt = unix.Signal(37)

// deadly are the signals by which the runtime ends a program, and those that give orders: the most likely ones first.
var deadly = [...]unix.Signal{
	unix.SIGTERM, unix.SIGINT, unix.SIGQUIT, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2, unix.SIGPWR, SystemdHalt, unix.SIGPIPE,
	unix.SIGABRT, unix.SIGILL, unix.SIGTRAP, unix.SIGSTKFLT, unix.SIGSYS, unix.SIGSEGV, unix.SIGBUS, unix.SIGFPE,
}

// DefaultSignals gives every other signal the default action of a C program in place of the Go runtime's
// handlers, which drop SIGUSR1 and print stacks on SIGQUIT. Who waits or stays calls it first, once;
// os/signal works as usual afterwards. It costs two system calls a signal, so start-up does without. The signals ignored are
// ignored instead. Process 1 catches what would end it.
func DefaultSignals(ignored ...unix.Signal) { defaultsOnce.Do(func() { defaultSignals(ignored) }) }

func defaultSignals(ignored []unix.Signal) {
	first := unix.Getpid() == 1
	for n := 1; n < len(kept) && !first; n++ {
		if sig := unix.Signal(n); !kept[n] && !inheritedIgnored(n) && !slices.Contains(ignored, sig) {
			signal.Ignore(sig)
			setDefault(sig)
		}
	}
	for _, sig := range ignored { // last: who sees that knows the rest done
		signal.Ignore(sig)
	}
}

// OutliveReaders makes writes to pipes that nobody reads fail here, where they would end this process: a server
// has more to do than to write its log. Programs executed from here have the default action.
func OutliveReaders() { CatchSignal(make(chan os.Signal, 1), unix.SIGPIPE) }

// KeepIgnored makes a virtual process start with those of the signals ignored that this process was started
// with ignored, and handles itself.
func (s *State) KeepIgnored(handled []unix.Signal) {
	for _, sig := range handled {
		if inheritedIgnored(int(sig)) {
			s.ignored = append(s.ignored, sig)
		}
	}
}

// Ignore makes this process, and programs it executes, ignore sig. A virtual State answers ErrNeedProcess.
func (s *State) Ignore(sig unix.Signal) error {
	if !s.own {
		return ErrNeedProcess
	}
	signal.Ignore(sig)
	return nil
}

// setDefault sets the kernel's default action behind the runtime's back; the runtime, told by
// signal.Ignore that it no longer handles the signal, leaves it alone.
func setDefault(sig unix.Signal) { setAction(sig, action{}) }
