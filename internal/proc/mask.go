package proc

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// mask is the set of signals that programs started from s begin with blocked: those that this process was started
// with, and none where s is not derived from it.
func (s *State) mask() kernelSigset {
	if s.heedful || !s.own && !s.forked {
		return kernelSigset{}
	}
	return inheritedMask()
}

// masked calls f, which starts or executes a program, with the signal mask of s in place of the one that the Go
// runtime has made of it.
func (s *State) masked(f func() error) error {
	if inheritedMask() == (kernelSigset{}) {
		return f()
	}
	runtime.LockOSThread() // a mask belongs to a thread
	defer runtime.UnlockOSThread()
	set, old := s.mask(), kernelSigset{}
	procmask(unix.SIG_SETMASK, &set, &old)
	defer procmask(unix.SIG_SETMASK, &old, nil)
	return f()
}

// HeedChildren is for commands that, as C programs, learn by a signal that a child has ended: what they start begins
// without blocked signals, and with SIGCHLD not ignored. Where that is ignored, a virtual State answers
// ErrNeedProcess.
func (s *State) HeedChildren() error {
	if SignalIgnored(unix.SIGCHLD) {
		if !s.own {
			return ErrNeedProcess
		}
		DefaultSignal(unix.SIGCHLD)
	}
	s.heedful = true
	return nil
}
