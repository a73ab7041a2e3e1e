package ipc

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// flow copies from one descriptor to another. It reads and writes only when poll says so, at most what a
// pipe or socket takes at once, whatever the blocking mode of the descriptors: that is shared with others.
type flow struct {
	from, to int
	buf      []byte // read and not yet written
	space    []byte
	done     bool
}

const (
	flowSize = 65536
	pipeBuf  = 4096 // a pipe that poll finds writable takes that much
)

func newFlow(from, to int) *flow { return &flow{from: from, to: to, space: make([]byte, flowSize)} }

// interest is what the flow waits for: to read when its buffer is empty, else to write.
func (f *flow) interest() (fd int, events int16) {
	switch {
	case f.done:
		return -1, 0
	case len(f.buf) > 0:
		return f.to, unix.POLLOUT
	default:
		return f.from, unix.POLLIN
	}
}

// step moves what can be moved. An error ends the flow like the end of what it reads.
func (f *flow) step(inv *applet.Invocation) {
	if len(f.buf) > 0 {
		n, err := unix.Write(f.to, f.buf[:min(len(f.buf), pipeBuf)])
		switch err {
		case nil:
			f.buf = f.buf[n:]
		case unix.EINTR, unix.EAGAIN:
		default:
			inv.Warn("unable to write to fd %d: %s", f.to, applet.Reason(err))
			f.finish()
		}
		return
	}
	n, err := unix.Read(f.from, f.space)
	switch {
	case err == unix.EINTR || err == unix.EAGAIN:
	case err == nil && n == 0:
		f.finish()
	case err != nil:
		inv.Warn("unable to read from fd %d: %s", f.from, applet.Reason(err))
		f.finish()
	default:
		f.buf = f.space[:n]
	}
}

// finish ends the flow on both sides: a socket is shut down, since others may hold it open.
func (f *flow) finish() {
	f.buf, f.done = nil, true
	unix.Shutdown(f.from, unix.SHUT_RD)
	if unix.Shutdown(f.to, unix.SHUT_WR) != nil {
		unix.Close(f.to)
	}
}

// copyBoth runs both flows until they have ended, or nothing moves for timeout milliseconds (0: no limit).
func copyBoth(inv *applet.Invocation, a, b *flow, timeout uint64) error {
	for !a.done || !b.done {
		var fds []unix.PollFd
		for _, f := range []*flow{a, b} {
			fd, events := f.interest()
			fds = append(fds, unix.PollFd{Fd: int32(fd), Events: events})
		}
		n, err := sys.Poll(fds, sys.Deadline(timeout))
		if err != nil {
			return applet.System(err, "poll")
		}
		if n == 0 {
			return applet.Fatal(1, "timed out")
		}
		for i, f := range []*flow{a, b} {
			if fds[i].Revents != 0 {
				f.step(inv)
			}
		}
	}
	return nil
}
