package proc

import "golang.org/x/sys/unix"

// Status is how a process ended: the raw word of wait(2).
type Status uint32

// Exited makes the status of a process that exited with code (taken modulo 256).
func Exited(code int) Status { return Status(code&0xff) << 8 }

// Killed makes the status of a process that a signal ended.
func Killed(sig unix.Signal) Status { return Status(sig & 0x7f) }

// Signal returns the signal that ended the process, or 0.
func (s Status) Signal() unix.Signal {
	if w := unix.WaitStatus(s); w.Signaled() {
		return w.Signal()
	}
	return 0
}

// Code returns the exit code as execline reports it in `?`: the code itself, or 256 plus the signal.
func (s Status) Code() int {
	if sig := s.Signal(); sig != 0 {
		return 256 + int(sig)
	}
	return unix.WaitStatus(s).ExitStatus()
}

// Approx returns the code a parent exits with to report s: 128 plus the signal, codes from 128 on as 128,
// others unchanged.
func (s Status) Approx() int {
	if sig := s.Signal(); sig != 0 {
		return 128 + int(sig)
	}
	return min(unix.WaitStatus(s).ExitStatus(), 128)
}

// OK tells whether the process exited 0.
func (s Status) OK() bool { return s == 0 }
