package ucspi

import (
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// sh starts a shell whose standard input is a pipe, the other end of which is returned.
func sh(t *testing.T, script string) (c *Child, pipe int) {
	t.Helper()
	r, w, err := proc.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(w) })
	pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", script}, &syscall.ProcAttr{Files: []uintptr{uintptr(r), 1, 2}})
	unix.Close(r)
	if err != nil {
		t.Fatal(err)
	}
	return NewChild(pid), w
}

func TestChild(t *testing.T) {
	for name, pidfd := range map[string]bool{"with a pidfd": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			start := func(script string) (*Child, int) {
				c, pipe := sh(t, script)
				if !pidfd {
					c.Release()
					c.pidfd = -1
				}
				return c, pipe
			}
			sockets, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(sockets[0])

			c, pipe := start("read x; exit $x")
			if _, err := c.Wait(sockets[0], time.Now().Add(time.Millisecond)); err != unix.ETIMEDOUT {
				t.Errorf("before its end: %v", err)
			}
			unix.Write(sockets[1], []byte("dropped"))
			unix.Write(pipe, []byte("3\n"))
			if status, err := c.Wait(sockets[0], time.Time{}); status != proc.Exited(3) || err != nil {
				t.Errorf("at its end: %v, %v", status, err)
			}
			c.Release()

			c, _ = start("read x")
			defer c.Release()
			unix.Close(sockets[1])
			if _, err := c.Wait(sockets[0], time.Time{}); err != unix.EPIPE {
				t.Errorf("when the client goes: %v", err)
			}
			c.Terminate()
			if status, err := c.Wait(-1, time.Time{}); status.Signal() != unix.SIGTERM || err != nil {
				t.Errorf("terminated: %v, %v", status, err)
			}
			if _, err := c.Wait(-1, time.Time{}); err != unix.ECHILD {
				t.Errorf("of nobody: %v", err)
			}
		})
	}
}
