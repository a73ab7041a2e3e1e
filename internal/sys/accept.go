package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Accept waits for a connection on a listener, and returns it close-on-exec, with flags added. Clients that are gone
// before they were accepted are passed over.
func Accept(listener syscall.RawConn, flags int) (fd int, from unix.Sockaddr, err error) {
	failed := listener.Read(func(l uintptr) bool {
		for {
			fd, from, err = unix.Accept4(int(l), flags|unix.SOCK_CLOEXEC)
			if err != unix.EINTR && err != unix.ECONNABORTED {
				return err != unix.EAGAIN
			}
		}
	})
	if failed != nil {
		err = failed
	}
	if err != nil {
		return -1, nil, err // accept4 says 0, not -1, on s390x
	}
	return fd, from, nil
}

// Scarce tells whether an error is that the system lacks something that it may have again later.
func Scarce(err error) bool {
	return err == unix.EMFILE || err == unix.ENFILE || err == unix.ENOBUFS || err == unix.ENOMEM
}
