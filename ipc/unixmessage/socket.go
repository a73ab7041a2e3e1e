package unixmessage

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// socket runs a system call on a descriptor, again as long as it answers EAGAIN, when the descriptor is
// ready.
type socket interface {
	read(call func(fd int) error) error
	write(call func(fd int) error) error
	setDeadline(time.Time)
	shutdown()
}

type rawSocket struct {
	in, out  int
	deadline time.Time
}

func (s *rawSocket) setDeadline(t time.Time) { s.deadline = t }

func (s *rawSocket) shutdown() { unix.Shutdown(s.in, unix.SHUT_RD) }

func (s *rawSocket) read(call func(int) error) error { return s.do(s.in, unix.POLLIN, call) }

func (s *rawSocket) write(call func(int) error) error { return s.do(s.out, unix.POLLOUT, call) }

func (s *rawSocket) do(fd int, events int16, call func(int) error) error {
	for {
		switch err := call(fd); err {
		case unix.EINTR:
		case unix.EAGAIN:
			if err := sys.WaitFD(fd, events, s.deadline); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

type pollerSocket struct {
	f  *os.File
	rc syscall.RawConn
}

func (s *pollerSocket) setDeadline(t time.Time) { s.f.SetDeadline(t) }

func (s *pollerSocket) shutdown() {
	s.rc.Control(func(fd uintptr) { unix.Shutdown(int(fd), unix.SHUT_RD) })
}

func (s *pollerSocket) read(call func(int) error) error { return poller(s.rc.Read, call) }

func (s *pollerSocket) write(call func(int) error) error { return poller(s.rc.Write, call) }

func poller(wait func(func(uintptr) bool) error, call func(int) error) error {
	var result error
	err := wait(func(fd uintptr) bool {
		for {
			result = call(int(fd))
			if result != unix.EINTR {
				return result != unix.EAGAIN
			}
		}
	})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return unix.ETIMEDOUT
	}
	if err != nil {
		return err
	}
	return result
}
