package workers

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, few, few + 1, 10 * few, 1000} {
		calls := make([]atomic.Int32, n)
		Each(n, func(i int) { calls[i].Add(1) })
		for i := range calls {
			if got := calls[i].Load(); got != 1 {
				t.Errorf("of %d: %d was called %d times", n, i, got)
			}
		}
	}
}

func TestTry(t *testing.T) {
	bad := errors.New("bad")
	var calls atomic.Int32
	err := Try(1000*few, func(i int) error {
		if calls.Add(1); i == few {
			return bad
		}
		return nil
	})
	if err != bad {
		t.Errorf("error %v", err)
	}
	if err := Try(few, func(int) error { return nil }); err != nil {
		t.Errorf("error %v", err)
	}
}

// TestCrew has many functions wait for one another, so that each needs a goroutine, and counts those that stay.
func TestCrew(t *testing.T) {
	c := NewCrew()
	const n = 20
	for range 3 {
		var all sync.WaitGroup
		var meet sync.WaitGroup
		all.Add(n)
		meet.Add(n)
		for range n {
			c.Go(func() {
				defer all.Done()
				meet.Done()
				meet.Wait()
			})
		}
		all.Wait()
	}
	for c.idle.Load() != spare {
		runtime.Gosched()
	}
}
