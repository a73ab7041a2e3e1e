package proc

import "golang.org/x/sys/unix"

// SwapFD exchanges what two numbers stand for. Either not being open is EBADF.
func (s *State) SwapFD(a, b int) error {
	ra, err := s.FD(a)
	if err != nil {
		return err
	}
	rb, err := s.FD(b)
	if err != nil || a == b {
		return err
	}
	if !s.own {
		s.assign(a, rb)
		s.assign(b, ra)
		return nil
	}
	keep, err := unix.FcntlInt(uintptr(a), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := dup(b, a); err != nil {
		unix.Close(keep)
		return err
	}
	return s.SetFD(b, keep)
}

// SetPipe makes a pipe of which number r is the reading end and w the writing end.
func (s *State) SetPipe(r, w int) error {
	pr, pw, err := Pipe()
	if err != nil {
		return err
	}
	if s.own && pw == r {
		away, err := unix.FcntlInt(uintptr(pw), unix.F_DUPFD_CLOEXEC, max(r, w)+1)
		unix.Close(pw)
		if err != nil {
			unix.Close(pr)
			return err
		}
		pw = away
	}
	if err := s.SetFD(r, pr); err != nil {
		unix.Close(pw)
		return err
	}
	return s.SetFD(w, pw)
}

// KeepFD makes the lowest free number stand for real, a descriptor of this process that s takes over.
func (s *State) KeepFD(real int) (n int, err error) {
	n = real
	if !s.own {
		free := s.FreeFDs(1)
		if len(free) == 0 {
			return 0, unix.EMFILE
		}
		n = free[0]
	}
	return n, s.SetFD(n, real)
}

// FreeFDs returns the n lowest numbers that are not open, or fewer where the limit on open files has no more.
func (s *State) FreeFDs(n int) []int {
	free := make([]int, 0, n)
	for fd := 0; len(free) < n && s.assignable(fd) == nil; fd++ {
		if _, err := s.FD(fd); err != nil {
			free = append(free, fd)
		}
	}
	return free
}

// WouldBlock answers ErrNeedProcess where opening name on behalf of a virtual process may block or change
// more than its descriptors: a fifo, a terminal.
func (s *State) WouldBlock(name string) error {
	if s.own {
		return nil
	}
	path, err := s.Path(name)
	if err != nil {
		return err
	}
	const memory = 1 // major number of /dev/null and its like
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return nil
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG, unix.S_IFDIR:
		return nil
	case unix.S_IFCHR:
		if unix.Major(uint64(st.Rdev)) == memory {
			return nil
		}
	}
	return ErrNeedProcess
}
