package proc

import (
	"os/signal"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kept are the signals whose handlers the Go runtime needs, or never touches.
var kept = [65]bool{
	unix.SIGSEGV: true, unix.SIGBUS: true, unix.SIGFPE: true, unix.SIGURG: true, unix.SIGKILL: true,
	unix.SIGSTOP: true, unix.SIGTSTP: true, unix.SIGTTIN: true, unix.SIGTTOU: true, unix.SIGCONT: true,
	32: true, 33: true, 34: true,
}

// InheritSignals gives every signal the disposition this process was started with, in place of the Go
// runtime's handlers: default or ignored, here and in every program executed from here, as in a C program.
// os/signal works as usual afterwards.
func InheritSignals() {
	for n := 1; n < len(kept); n++ {
		if kept[n] {
			continue
		}
		sig := unix.Signal(n)
		ignored := inheritedIgnored(n)
		signal.Ignore(sig)
		if !ignored {
			setDefault(sig)
		}
	}
}

// setDefault sets the kernel's default action behind the runtime's back; the runtime, told by
// signal.Ignore that it no longer handles the signal, leaves it alone.
func setDefault(sig unix.Signal) {
	var action [64]byte // struct kernel_sigaction of any architecture, all zero: SIG_DFL
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
}
