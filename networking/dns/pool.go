package dns

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// Pool is queries that are on their way at once.
type Pool struct{ asked []asked }

type asked struct {
	query *Query
	done  func(Message, error)
	ready bool
}

// Add has the pool see a query to its end, which done is told.
func (p *Pool) Add(q *Query, done func(Message, error)) {
	p.asked = append(p.asked, asked{q, done, true})
}

// Len is how many queries have not ended.
func (p *Pool) Len() int { return len(p.asked) }

// Remove gives a query up.
func (p *Pool) Remove(q *Query) {
	q.Close()
	p.asked = slices.DeleteFunc(p.asked, func(a asked) bool { return a.query == q })
}

// Wait lets the queries go on. Unless one has ended, it waits until one of them can go on again or one of others is ready,
// which Revents tells.
func (p *Pool) Wait(others []unix.PollFd) error {
	if p.step() {
		return nil
	}
	fds := slices.Clone(others)
	var until time.Time
	for _, a := range p.asked {
		fds = append(fds, a.query.PollFd())
		until = sys.Sooner(until, a.query.Until())
	}
	if len(fds) == 0 {
		return nil
	}
	if _, err := sys.Poll(fds, until); err != nil {
		return err
	}
	copy(others, fds)
	for i := range p.asked {
		p.asked[i].ready = fds[len(others)+i].Revents != 0
	}
	return nil
}

// step lets those go on that can, and tells whether one has ended.
func (p *Pool) step() (ended bool) {
	current := p.asked
	p.asked = nil
	for _, a := range current {
		if !a.ready && !sys.Past(a.query.Until()) {
			p.asked = append(p.asked, a)
			continue
		}
		a.ready = false
		if answer, err := a.query.Step(); err != errPending {
			ended = true
			a.done(answer, err)
			continue
		}
		p.asked = append(p.asked, a)
	}
	return ended
}
