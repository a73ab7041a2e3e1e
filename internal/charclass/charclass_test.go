package charclass

import (
	"regexp"
	"testing"
)

// TestIn compares every class with that of the library, which knows ASCII alone.
func TestIn(t *testing.T) {
	for _, name := range []string{"alpha", "digit", "alnum", "upper", "lower", "space", "blank", "punct", "print", "graph", "cntrl", "xdigit", "word", "ascii"} {
		if extra := name == "word" || name == "ascii"; Known(name) == extra {
			t.Errorf("%s: known %v", name, !extra)
		}
		class := regexp.MustCompile(`\A[[:` + name + `:]]\z`)
		for c := rune(0); c < 0x80; c++ {
			if got := In(name, c); got != class.MatchString(string(c)) {
				t.Errorf("%q in %s: %v", c, name, got)
			}
		}
	}
	for name, c := range map[string]rune{"lower": 'ß', "upper": 'Ä', "alpha": '語', "print": 'é', "punct": '…'} {
		if !In(name, c) || In("cntrl", c) || In("ascii", c) {
			t.Errorf("%q is not in %s", c, name)
		}
	}
	if In("none", 'a') || Known("none") {
		t.Error("there is no such class")
	}
}
