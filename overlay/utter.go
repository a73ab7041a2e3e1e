package overlay

import (
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// unread is how long a container that is to stop waits for those who read its messages.
const unread = time.Second

// utter prints a message. Whoever reads them may have stopped to, as a log driver that hangs: then a container that is to
// stop goes without.
func (c *container) utter(prog, level, text string) {
	if c.heard() {
		applet.Say(c.inv.Proc.Stderr(), prog, level, text)
	}
}

// heard waits until a message can be written, and tells whether it can.
func (c *container) heard() bool {
	fds := []unix.PollFd{{Fd: int32(c.inv.Proc.Stderr()), Events: unix.POLLOUT}}
	for {
		until, stopping := time.Now().Add(unread), false
		select {
		case <-c.stop:
			until, stopping = c.hush, true
		default:
		}
		if n, err := sys.Poll(fds, until); n > 0 || err != nil {
			return true
		}
		if stopping {
			return false
		}
	}
}
