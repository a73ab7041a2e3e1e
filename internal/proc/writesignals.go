package proc

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernelSigset is a set of signals as the kernel takes it: the lowest signal is the lowest bit of the first
// word on every architecture.
type kernelSigset [8 / unsafe.Sizeof(uintptr(0))]uintptr

func sigset(sigs ...unix.Signal) (set kernelSigset) {
	bits := 8 * int(unsafe.Sizeof(uintptr(0)))
	for _, sig := range sigs {
		set[(int(sig)-1)/bits] |= 1 << ((int(sig) - 1) % bits)
	}
	return set
}

// CatchWriteSignals runs f, which starts no process, and returns the signal that would have ended a process
// of its own for what it wrote where: SIGPIPE, SIGXFSZ, or 0. The writes themselves fail. Signals this
// process ignores end nobody.
func CatchWriteSignals(f func()) (sig unix.Signal) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var old kernelSigset
	set := sigset(unix.SIGPIPE, unix.SIGXFSZ) // those that a write raises in the thread that does it
	procmask(unix.SIG_BLOCK, &set, &old)
	defer procmask(unix.SIG_SETMASK, &old, nil)
	f()
	now := unix.Timespec{}
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), 0,
			uintptr(unsafe.Pointer(&now)), unsafe.Sizeof(set), 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno != 0:
			return sig
		case sig == 0 && !inheritedIgnored(int(n)):
			sig = unix.Signal(n)
		}
	}
}

// DefaultWriteSignals makes SIGPIPE and SIGXFSZ end this process, as they end a C program, unless it was
// started with them ignored.
func DefaultWriteSignals() {
	for _, sig := range [...]unix.Signal{unix.SIGPIPE, unix.SIGXFSZ} {
		if !inheritedIgnored(int(sig)) {
			setDefault(sig)
		}
	}
}

func procmask(how int, set, old *kernelSigset) {
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, uintptr(how), uintptr(unsafe.Pointer(set)),
		uintptr(unsafe.Pointer(old)), unsafe.Sizeof(*set), 0, 0)
}
