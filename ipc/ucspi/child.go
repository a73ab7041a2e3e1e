package ucspi

import (
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// Child is a child process that somebody waits for.
type Child struct {
	Pid   int
	pidfd int // -1 where the kernel has none
	// take takes the child off the process table if it has ended.
	take func() (status proc.Status, ended bool, err error)
}

// tick is how long a wait sleeps where the kernel can't tell that a child has ended.
const tick = 10 * time.Millisecond

// NewChild is the child pid, which nobody else takes off the process table.
func NewChild(pid int) *Child {
	return newChild(pid, func() (proc.Status, bool, error) { return proc.Reap(pid) })
}

func newChild(pid int, take func() (proc.Status, bool, error)) *Child {
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		pidfd = -1
	}
	return &Child{pid, pidfd, take}
}

// Terminate tells the child to end.
func (c *Child) Terminate() {
	unix.Kill(c.Pid, unix.SIGTERM)
	unix.Kill(c.Pid, unix.SIGCONT)
}

// Wait waits until the child has ended, or until a time unless that is zero: ETIMEDOUT. client, unless it is -1, is the
// socket of somebody whose end of the connection is looked after meanwhile: that it is closed is EPIPE. What comes from
// there is dropped. No other goroutine and no signal is needed.
func (c *Child) Wait(client int, until time.Time) (proc.Status, error) {
	for {
		status, ended, err := c.take()
		if ended || err != nil {
			return status, err
		}
		wake := until
		if next := time.Now().Add(tick); c.pidfd < 0 && (until.IsZero() || next.Before(until)) {
			wake = next
		}
		fds := []unix.PollFd{{Fd: int32(client), Events: unix.POLLIN}, {Fd: int32(c.pidfd), Events: unix.POLLIN}}
		n, err := sys.Poll(fds, wake) // which passes over negative descriptors
		if err != nil {
			return 0, err
		}
		if n == 0 && wake.Equal(until) {
			return 0, unix.ETIMEDOUT
		}
		if fds[0].Revents != 0 && fds[1].Revents == 0 && closed(client) {
			return 0, unix.EPIPE
		}
	}
}

// closed drops what came on a socket, and tells whether that was its end.
func closed(socket int) bool {
	var buf [512]byte
	n, err := unix.Read(socket, buf[:])
	return n <= 0 && err != unix.EINTR && err != unix.EAGAIN
}

// Release is for a child that has ended.
func (c *Child) Release() {
	if c.pidfd >= 0 {
		unix.Close(c.pidfd)
	}
}

// Leave is for a child that its owner no longer waits for: as long as this process lives, it takes it off the process
// table when it ends.
func (c *Child) Leave() {
	go func() {
		c.Wait(-1, time.Time{})
		c.Release()
	}()
}
