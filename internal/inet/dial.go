package inet

import (
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// Socket makes a socket of a kind, such as unix.SOCK_STREAM, for addresses like ip: non-blocking and close-on-exec.
func Socket(ip Addr, kind int) (fd int, err error) {
	return unix.Socket(Family(ip), kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}

// Dial makes a socket that is connected to remote. A zero deadline is none.
func Dial(remote AddrPort, kind int, deadline time.Time) (fd int, err error) {
	fd, err = Socket(remote.Addr, kind)
	if err != nil {
		return -1, err
	}
	if err := Connect(fd, remote, deadline); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// Connect connects a socket, or fails with ETIMEDOUT after the deadline.
func Connect(fd int, remote AddrPort, deadline time.Time) error {
	sa, err := Sockaddr(remote)
	if err != nil {
		return err
	}
	err = unix.Connect(fd, sa)
	if err != unix.EINPROGRESS && err != unix.EINTR {
		return err
	}
	if err := sys.WaitFD(fd, unix.POLLOUT, deadline); err != nil {
		return err
	}
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil || n == 0 {
		return err
	}
	return unix.Errno(n)
}
