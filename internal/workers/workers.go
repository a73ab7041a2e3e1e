// Package workers spreads work over the processors.
package workers

import (
	"cmp"
	"runtime"
	"sync"
	"sync/atomic"
)

// few is how much work one goroutine takes at a time: less than that is not worth another one.
const few = 16

// Each calls f for 0 to n-1, each once, from as many goroutines as there are processors, and returns when all
// calls have.
func Each(n int, f func(i int)) { each(n, few, f) }

// EachAlone is Each for work of which every bit is worth a goroutine.
func EachAlone(n int, f func(i int)) { each(n, 1, f) }

func each(n, few int, f func(i int)) {
	var next atomic.Int64
	work := func() {
		for {
			from := int(next.Add(int64(few))) - few
			for i := from; i < min(from+few, n); i++ {
				f(i)
			}
			if from+few >= n {
				return
			}
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+few-1)/few) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
}

// Try is Each with calls that may fail: none begins once one has. The error is that of the first in order that failed.
func Try(n int, f func(i int) error) error {
	var failed atomic.Bool
	errs := make([]error, n)
	Each(n, func(i int) {
		if failed.Load() {
			return
		}
		if errs[i] = f(i); errs[i] != nil {
			failed.Store(true)
		}
	})
	return cmp.Or(errs...)
}
