package proc

import "golang.org/x/sys/unix"

// Foreground makes the process group of s the foreground group of its terminal, fd. From a background group
// the kernel stops the caller with SIGTTOU until it is continued, unless grab is set. A virtual State
// answers ErrNeedProcess.
func (s *State) Foreground(fd int, grab bool) error {
	if err := s.Own(); err != nil {
		return err
	}
	if grab {
		var old, ttou unix.Sigset_t
		ttou.Val[0] = 1 << (unix.SIGTTOU - 1)
		if err := unix.PthreadSigmask(unix.SIG_BLOCK, &ttou, &old); err != nil {
			return err
		}
		defer unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil)
	}
	return unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, unix.Getpgrp())
}

// Setpgid starts a new process group. A virtual State answers ErrNeedProcess.
func (s *State) Setpgid() error {
	if err := s.Own(); err != nil {
		return err
	}
	return unix.Setpgid(0, 0)
}

// StartInForeground makes a virtual process lead a process group that is in the foreground of the terminal
// tty, a descriptor of this process. It does nothing if this process is not in the foreground of it itself.
func (s *State) StartInForeground(tty int) {
	if group, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP); err == nil && group == unix.Getpgrp() {
		s.tty = tty
	}
}
