package proc

import (
	"os"
	"os/signal"
	"unsafe"

	"golang.org/x/sys/unix"
)

// CatchSignal sends sig to c instead of letting it act on this process. Programs executed from here get the
// default action back.
func CatchSignal(c chan<- os.Signal, sig unix.Signal) {
	signal.Notify(c, sig)
	if Fault(sig) {
		setAction(sig, getAction(unix.SIGURG)) // the runtime leaves its handler alone: it may be gone
	}
}

// IgnoreSignal makes this process, and every program executed from here, ignore sig.
func IgnoreSignal(sig unix.Signal) {
	signal.Ignore(sig)
	if Fault(sig) {
		setAction(sig, action{ignored})
	}
}

// DefaultSignal gives sig its default action.
func DefaultSignal(sig unix.Signal) {
	signal.Ignore(sig)
	setDefault(sig)
}

// SignalIgnored tells whether this process ignores sig at present.
func SignalIgnored(sig unix.Signal) bool {
	return getAction(sig)[0] == ignored
}

// action is the kernel's struct sigaction of any architecture: the handler comes first.
type action [8]uintptr

const ignored = 1 // SIG_IGN as a handler

func getAction(sig unix.Signal) (a action) {
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&a)), 8, 0, 0)
	return a
}

func setAction(sig unix.Signal, a action) {
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&a)), 0, 8, 0, 0)
}

// KillSelf ends this process by sig, as if it had never been caught. On the first process of a namespace signals have no
// default action: it exits with 128+sig, as its parent would see it.
func KillSelf(sig unix.Signal) {
	DefaultSignal(sig)
	unix.Kill(unix.Getpid(), sig)
	if unix.Getpid() == 1 {
		os.Exit(128 + int(sig))
	}
	for {
		unix.Pause()
	}
}
