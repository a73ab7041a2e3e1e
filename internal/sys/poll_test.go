package sys

import (
	"math"
	"testing"
	"time"
)

// TestTimespec wants times that a number of 32 bits can't hold to stay long where the kernel's numbers are such.
func TestTimespec(t *testing.T) {
	for _, d := range []time.Duration{0, 1500 * time.Millisecond, math.MaxInt32 * time.Second, (1<<32 - 1) * time.Second, math.MaxInt64} {
		ts := Timespec(d)
		if got := time.Duration(ts.Nano()); got != d && ts.Sec != math.MaxInt32 {
			t.Errorf("%v: %v", d, got)
		}
	}
	if ts := Timespec(-time.Hour); ts.Nano() != 0 {
		t.Errorf("a negative time: %v", ts)
	}
}
