package workers

import "sync/atomic"

// Crew runs functions on goroutines of their own. It keeps a few for the next ones: a goroutine whose stack has grown
// already is cheaper than a new one. The zero Crew is not usable, see NewCrew.
type Crew struct {
	next chan func()
	idle atomic.Int32
}

// spare is how many goroutines a crew keeps.
const spare = 2

// NewCrew makes a crew.
func NewCrew() *Crew { return &Crew{next: make(chan func())} }

// Go calls f on a goroutine and does not wait.
func (c *Crew) Go(f func()) {
	select {
	case c.next <- f:
	default:
		go c.work(f)
	}
}

func (c *Crew) work(f func()) {
	for {
		f()
		if c.idle.Add(1) > spare {
			c.idle.Add(-1)
			return
		}
		f = <-c.next
		c.idle.Add(-1)
	}
}
