package supervise

import (
	"container/heap"
	"math"
	"time"
)

// Timer is a deadline in the loop: fire is called once it has passed. The zero Timer is not set.
type Timer struct {
	at   int64 // nanoseconds of the engine's clock
	pos  int   // place in the heap, from 1; 0: not set
	fire func()
}

// timers is a heap of deadlines.
type timers []*Timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at < t[j].at }
func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].pos, t[j].pos = i+1, j+1
}

func (t *timers) Push(x any) {
	timer := x.(*Timer)
	*t = append(*t, timer)
	timer.pos = len(*t)
}

func (t *timers) Pop() any {
	last := len(*t) - 1
	timer := (*t)[last]
	(*t)[last] = nil
	*t = (*t)[:last]
	timer.pos = 0
	return timer
}

// arm sets t to fire after d, in place of an earlier deadline.
func (e *Engine) arm(t *Timer, d time.Duration) {
	at := e.clock()
	if int64(d) > math.MaxInt64-at {
		return
	}
	e.armAt(t, at+int64(max(d, 0)))
}

func (e *Engine) armAt(t *Timer, at int64) {
	t.at = at
	if t.pos > 0 {
		heap.Fix(&e.timers, t.pos-1)
		return
	}
	heap.Push(&e.timers, t)
}

// disarm takes the deadline back.
func (e *Engine) disarm(t *Timer) {
	if t.pos > 0 {
		heap.Remove(&e.timers, t.pos-1)
	}
}

// clock is the engine's time: monotonic, whatever happens to the wall clock.
func (e *Engine) clock() int64 { return int64(time.Since(e.base)) }

// patience is how many milliseconds the loop may wait: until the next deadline, or for ever.
func (e *Engine) patience() int {
	if len(e.timers) == 0 {
		return -1
	}
	wait := e.timers[0].at - e.clock()
	if wait <= 0 {
		return 0
	}
	return int(min((wait+int64(time.Millisecond)-1)/int64(time.Millisecond), math.MaxInt32))
}

// expire fires the deadlines that had passed when the turn began, as many as the budget allows.
func (e *Engine) expire() {
	for len(e.timers) > 0 && e.timers[0].at <= e.now {
		t := heap.Pop(&e.timers).(*Timer)
		t.fire()
		if e.clock()-e.now > int64(budget) {
			return
		}
	}
}
