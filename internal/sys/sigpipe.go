package sys

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigset is the kernel's set of 64 signals.
type sigset [64 / wordBits]uintptr

const wordBits = 32 << (^uintptr(0) >> 63)

// WithoutSIGPIPE runs f so that a write to a pipe without a reader is EPIPE and nothing else, whatever
// the disposition of SIGPIPE is: that stays as it is, for programs executed later.
func WithoutSIGPIPE(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var pipe, old sigset
	pipe[(unix.SIGPIPE-1)/wordBits] = 1 << ((unix.SIGPIPE - 1) % wordBits)
	procmask(unix.SIG_BLOCK, &pipe, &old)
	defer procmask(unix.SIG_SETMASK, &old, nil)
	defer discard(&pipe)
	f()
}

func procmask(how int, set, old *sigset) {
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, uintptr(how), uintptr(unsafe.Pointer(set)),
		uintptr(unsafe.Pointer(old)), unsafe.Sizeof(*set), 0, 0)
}

// discard takes a pending signal of set off this thread.
func discard(set *sigset) {
	var now unix.Timespec
	unix.RawSyscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(set)), 0,
		uintptr(unsafe.Pointer(&now)), unsafe.Sizeof(*set), 0, 0)
}
