package proc

import "testing"

func TestParseParent(t *testing.T) {
	for stat, want := range map[string]int{
		"12 (sh) S 1 12 12 0 -1": 1, "13 (a) b) c) R 77 0 0": 77, "14 (x": -1, "15 (x) S": -1, "": -1, "1 (x) S y": -1,
	} {
		got, ok := parseParent(stat)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d %v", stat, got, ok)
		}
	}
}
