package ucspi

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// connection is what the accepting goroutine hands over.
type connection struct {
	fd   int
	from unix.Sockaddr
	err  error
}

// accept accepts one connection for each token from more.
func (s *Server) accept(to chan<- connection, more <-chan struct{}) {
	rc, err := s.Listener.SyscallConn()
	if err != nil {
		to <- connection{err: err}
		return
	}
	for range more {
		var conn connection
		err := rc.Read(func(fd uintptr) bool {
			conn.fd, conn.from, conn.err = unix.Accept4(int(fd), unix.SOCK_CLOEXEC)
			return conn.err != unix.EAGAIN && conn.err != unix.EINTR && conn.err != unix.ECONNABORTED
		})
		if err != nil {
			conn.err = err
		}
		if Scarce(conn.err) {
			time.Sleep(time.Second)
		}
		to <- conn
	}
}

// Scarce tells whether the system lacks something that it may have again later.
func Scarce(err error) bool {
	return err == unix.EMFILE || err == unix.ENFILE || err == unix.ENOBUFS || err == unix.ENOMEM
}

// how words the end of a child.
func how(status proc.Status) string {
	if sig := status.Signal(); sig != 0 {
		return fmt.Sprintf("signal %d", sig)
	}
	return fmt.Sprintf("exitcode %d", status.Code())
}
