package change

import "testing"

// TestAbortBacklog shows that transitions which wait for a descriptor don't begin once everything is to end.
func TestAbortBacklog(t *testing.T) {
	f := &Fifo{waits: map[int]*wait{}}
	var got []Result
	f.backlog = []pending{{Transition{Name: "a"}, func(res Result) { got = append(got, res) }}}
	f.Abort()
	if len(got) != 1 || got[0] != aborted() || len(f.backlog) > 0 {
		t.Errorf("%v, %d left", got, len(f.backlog))
	}
}
