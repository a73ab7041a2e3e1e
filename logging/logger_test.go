package logging

import (
	"testing"
	"time"
)

// TestLastLine asks what becomes of a last line without end: at the end of the input it is dropped, unless a
// signal has made the logger wait for its end.
func TestLastLine(t *testing.T) {
	steps, _, err := parseScript([]string{"1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		ending bool
		want   string
	}{{false, "whole\n"}, {true, "whole\npart\n"}} {
		l := &logger{steps: steps, zone: time.UTC}
		l.lines.feed([]byte("whole\npart"), func(line []byte) { l.log(time.Now(), line) })
		if tt.ending {
			l.endSoon()
		}
		if l.eof {
			t.Error("it does not wait for the end of the line")
		}
		l.atEOF()
		if got := string(l.out); got != tt.want {
			t.Errorf("ending %v: %q, want %q", tt.ending, got, tt.want)
		}
	}
}
