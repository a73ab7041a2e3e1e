package ucspi

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
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
		conn.fd, conn.from, conn.err = sys.Accept(rc, 0)
		if sys.Scarce(conn.err) {
			time.Sleep(time.Second)
		}
		to <- conn
	}
}

// how words the end of a child.
func how(status proc.Status) string {
	if sig := status.Signal(); sig != 0 {
		return fmt.Sprintf("signal %d", sig)
	}
	return fmt.Sprintf("exitcode %d", status.Code())
}
