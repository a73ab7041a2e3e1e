package supervise

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/fifodir"
	"s6box/internal/posixre"
	"s6box/internal/sys"
)

// pattern waits for the events of a fifo directory to match a regular expression.
type pattern struct {
	listener *fifodir.Listener
	match    func(events []byte) bool
	seen     []byte // every event so far
	matched  bool
}

// mostSeen bounds what a pattern remembers of events that don't match.
const mostSeen = 1 << 20

// newPattern subscribes to dir. expr is a POSIX extended regular expression.
func newPattern(inv *applet.Invocation, dir, expr string) (*pattern, error) {
	re, err := posixre.Compile(expr, 0)
	if err != nil {
		return nil, applet.System(err, "subscribe to %s with regexp %s", dir, expr)
	}
	path, err := inv.Proc.Path(dir)
	if err != nil {
		return nil, err
	}
	l, err := fifodir.Subscribe(sys.AT, path)
	if err != nil {
		return nil, applet.System(err, "subscribe to %s with regexp %s", dir, expr)
	}
	return &pattern{listener: l, match: re.Matcher()}, nil
}

// read takes in one batch of events and matches them with those before.
func (p *pattern) read() error {
	var buf [64]byte
	n, err := p.listener.Read(buf[:])
	if err != nil || n == 0 {
		return err
	}
	p.seen = append(p.seen, buf[:n]...)
	p.matched = p.match(p.seen)
	if over := len(p.seen) - mostSeen; over > 0 && !p.matched {
		p.seen = p.seen[over:]
	}
	return nil
}

type patterns []*pattern

func (ps patterns) release() {
	for _, p := range ps {
		p.listener.Release()
	}
}

// wait waits until all patterns match, or with any one of them. Time being out is ETIMEDOUT.
func (ps patterns) wait(any bool, deadline time.Time) error {
	left := slices.Clone(ps)
	for len(left) > 0 {
		polled := make([]unix.PollFd, len(left))
		for i, p := range left {
			polled[i] = unix.PollFd{Fd: int32(p.listener.FD()), Events: unix.POLLIN}
		}
		n, err := sys.Poll(polled, deadline)
		if err != nil {
			return err
		}
		if n == 0 {
			return unix.ETIMEDOUT
		}
		for i, p := range left {
			if polled[i].Revents == 0 {
				continue
			}
			if err := p.read(); err != nil {
				return err
			}
			if p.matched && any {
				return nil
			}
		}
		left = slices.DeleteFunc(left, func(p *pattern) bool { return p.matched })
	}
	return nil
}
