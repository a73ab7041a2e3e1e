package proc

import (
	"io"
	"sync"

	"golang.org/x/sys/unix"
)

// FD is a raw descriptor of this process as a reader and writer that never touches the runtime's poller:
// a chain process must not let the runtime take descriptor numbers of its own.
type FD int

// Read reads at most len(p) bytes; it waits when the descriptor is non-blocking.
func (fd FD) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(int(fd), p)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			fd.wait(unix.POLLIN)
		case err != nil:
			return 0, err
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// Write writes all of p; it waits when the descriptor is non-blocking.
func (fd FD) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := unix.Write(int(fd), p[done:])
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			fd.wait(unix.POLLOUT)
		case err != nil:
			return done, err
		default:
			done += n
		}
	}
	return done, nil
}

// Close closes the descriptor.
func (fd FD) Close() error { return unix.Close(int(fd)) }

func (fd FD) wait(events int16) {
	unix.Ppoll([]unix.PollFd{{Fd: int32(fd), Events: events}}, nil, nil)
}

// Stdin, Stdout and Stderr are the standard descriptors of s. Where one is closed, using it gives EBADF, and poll
// POLLNVAL if s is the process itself.
func (s *State) Stdin() FD  { return s.std(0) }
func (s *State) Stdout() FD { return s.std(1) }
func (s *State) Stderr() FD { return s.std(2) }

func (s *State) std(n int) FD {
	real, err := s.FD(n)
	switch {
	case err == nil:
		return FD(real)
	case s.own:
		return FD(n)
	}
	return -1
}

// holdStd sees to it that nothing opens where a standard descriptor of this process is closed. What holds the place
// answers EBADF to all reading and writing, and is closed in programs executed from here.
func holdStd() {
	for fd := range 3 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == unix.EBADF {
			unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0)
		}
	}
}

// FD returns the descriptor of this process that number n of s stands for, or EBADF. The caller borrows it.
func (s *State) FD(n int) (int, error) {
	if real, ok := s.fds[n]; ok {
		if real == closed {
			return 0, unix.EBADF
		}
		return real, nil
	}
	flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
	if err != nil {
		return 0, err
	}
	if (!s.own || n < 3) && flags&unix.FD_CLOEXEC != 0 { // of the process itself: what holdStd put there
		return 0, unix.EBADF
	}
	return n, nil
}

// assignable tells whether n can be the number of a descriptor in programs executed from s, or is EBADF: the
// runtime has raised the limit of this process, which is not theirs.
func (s *State) assignable(n int) error {
	const always = 20 // numbers that no limit in use excludes
	if 0 <= n && n < always {
		return nil
	}
	l, err := s.Limit(unix.RLIMIT_NOFILE)
	if err == nil && (n < 0 || uint64(n) >= l.Soft) {
		return unix.EBADF
	}
	return err
}

// SetFD makes number n of s stand for real, a descriptor of this process that s takes over. Where it fails real is closed.
func (s *State) SetFD(n, real int) error {
	err := s.assignable(n)
	if err == nil {
		err = s.takeOver(n, real)
	}
	if err != nil {
		unix.Close(real)
	}
	return err
}

func (s *State) takeOver(n, real int) error {
	if !s.own {
		s.opened = append(s.opened, real)
		s.assign(n, real)
		return nil
	}
	if n == real {
		_, err := unix.FcntlInt(uintptr(n), unix.F_SETFD, 0)
		return err
	}
	if err := dup(real, n); err != nil {
		return err
	}
	unix.Close(real) // n has it
	return nil
}

// BorrowFD is SetFD for a descriptor that stays the caller's. On the process itself it is a copy.
func (s *State) BorrowFD(n, real int) error {
	if err := s.assignable(n); err != nil {
		return err
	}
	if s.own {
		return dup(real, n)
	}
	s.assign(n, real)
	return nil
}

// CopyFD makes number to stand for what from stands for, as dup2 does: open in the process to come.
func (s *State) CopyFD(to, from int) error {
	real, err := s.FD(from)
	if err != nil {
		return err
	}
	if err := s.assignable(to); err != nil {
		return err
	}
	if !s.own {
		s.assign(to, real)
		return nil
	}
	if to == from {
		_, err := unix.FcntlInt(uintptr(to), unix.F_SETFD, 0)
		return err
	}
	return dup(from, to)
}

// MoveFD is CopyFD followed by closing from, unless they are the same.
func (s *State) MoveFD(to, from int) error {
	if err := s.CopyFD(to, from); err != nil || to == from {
		return err
	}
	return s.CloseFD(from)
}

// CloseFD closes number n. Closing one that is not open is EBADF.
func (s *State) CloseFD(n int) error {
	if _, err := s.FD(n); err != nil {
		return err
	}
	if s.own {
		err := unix.Close(n)
		if n < 3 {
			holdStd()
		}
		return err
	}
	s.assign(n, closed)
	return nil
}

func (s *State) assign(n, real int) {
	if s.fds == nil {
		s.fds = make(map[int]int)
	}
	s.fds[n] = real
}

// OpenStd makes /dev/null, if there is one, what a standard descriptor stands for that is closed: for daemons, whose
// children count on having all three.
func (s *State) OpenStd() error {
	for n := range 3 {
		if _, err := s.FD(n); err == nil {
			continue
		}
		null, err := openRetry("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		if err := s.SetFD(n, null); err != nil {
			return err
		}
	}
	return nil
}

// createMu keeps the moments in which the umask of this process stands for a virtual one apart from each other, and from
// the starts of processes that are to have its own.
var createMu sync.RWMutex

// Open opens a file on behalf of s: its directory, its umask. The descriptor is close-on-exec and the
// caller's; SetFD hands it on.
func (s *State) Open(name string, flags int, mode uint32) (int, error) {
	path, err := s.Path(name)
	if err != nil {
		return 0, err
	}
	flags |= unix.O_CLOEXEC
	if flags&unix.O_CREAT != 0 {
		return s.create(path, flags, mode)
	}
	return openRetry(path, flags, mode)
}

// create opens a file for writing that may have to be made: under the umask of s, not under one that stands for another's at the
// moment. What would wait, for the reader of a fifo mostly, is there, and is opened without: whoever is to come may have to be
// started first. Should it be gone by then, what is made in its place is for its owner alone.
func (s *State) create(path string, flags int, mode uint32) (fd int, err error) {
	err = underMask(s.umask, func() error {
		fd, err = openRetry(path, flags|unix.O_NONBLOCK, mode)
		return err
	})
	switch {
	case flags&unix.O_NONBLOCK != 0:
	case err == unix.ENXIO || err == unix.EAGAIN:
		return openRetry(path, flags, mode&0o600)
	case err == nil:
		if err = unix.SetNonblock(fd, false); err != nil {
			unix.Close(fd)
		}
	}
	return fd, err
}

// Pipe makes a pipe whose ends are close-on-exec and the caller's.
func Pipe() (r, w int, err error) {
	var p [2]int
	err = unix.Pipe2(p[:], unix.O_CLOEXEC)
	return p[0], p[1], err
}

func openRetry(path string, flags int, mode uint32) (int, error) {
	for {
		fd, err := unix.Open(path, flags, mode)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// dup makes to what from is; it is not close-on-exec.
func dup(from, to int) error {
	for {
		err := unix.Dup3(from, to, 0)
		if err != unix.EINTR && err != unix.EBUSY {
			return err
		}
	}
}

// top is the highest descriptor number that s has an opinion on.
func (s *State) top() int {
	top := 2
	for n := range s.fds {
		top = max(top, n)
	}
	return top
}

// inheritance returns the descriptors a process started from s gets, indexed by number, for ForkExec: those
// of s and extra. Numbers from len on are inherited when they are not close-on-exec.
func (s *State) inheritance(extra ...int) []uintptr {
	top := s.top()
	for _, n := range extra {
		top = max(top, n)
	}
	files := make([]uintptr, top+1)
	for n := range files {
		real, err := s.FD(n)
		if err != nil {
			real = closed
		}
		files[n] = uintptr(real)
	}
	for _, n := range extra {
		files[n] = uintptr(n)
	}
	return files
}
