package proc

import (
	"os"
	"os/signal"
	"unsafe"

	"golang.org/x/sys/unix"
)

// CatchSignal sends sig to c instead of letting it act on this process. Programs executed from here get the
// default action back.
func CatchSignal(c chan<- os.Signal, sig unix.Signal) { signal.Notify(c, sig) }

// IgnoreSignal makes this process, and every program executed from here, ignore sig.
func IgnoreSignal(sig unix.Signal) { signal.Ignore(sig) }

// DefaultSignal gives sig its default action.
func DefaultSignal(sig unix.Signal) {
	signal.Ignore(sig)
	setDefault(sig)
}

// SignalIgnored tells whether this process ignores sig at present.
func SignalIgnored(sig unix.Signal) bool {
	var action [64]byte // struct kernel_sigaction: the handler comes first, or behind the flags on MIPS
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0)
	const ignore = 1
	return errno == 0 && *(*uintptr)(unsafe.Pointer(&action)) == ignore
}

// KillSelf ends this process by sig, as if it had never been caught.
func KillSelf(sig unix.Signal) {
	DefaultSignal(sig)
	unix.Kill(unix.Getpid(), sig)
	for {
		unix.Pause()
	}
}
