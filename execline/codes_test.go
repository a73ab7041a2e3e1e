package execline

import (
	"fmt"
	"testing"
)

func TestParseCodes(t *testing.T) {
	for word, want := range map[string]string{
		"5": "[5] ", "5,6": "[5 6] ", "5 6": "[5 6] ", "5, ,6": "[5 6] ", "5,6,": "[5 6] ", "006": "[6] ",
		"5/6": "[5] /6", "5x6": "[5] x6", "5,x": "[5] x", ",5": "[] ,5", "": "[] ", "-1": "[] -1",
	} {
		list, bad := parseCodes(word)
		if got := fmt.Sprint(list, " ", bad); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

func TestCodesStop(t *testing.T) {
	for _, c := range []struct {
		codes codes
		code  int
		want  bool
	}{
		{codes{}, 0, false},
		{codes{}, 1, false},
		{codes{list: []uint64{3}, given: true}, 3, false},
		{codes{list: []uint64{3}, given: true}, 0, true},
		{codes{list: []uint64{3}, given: true, breaks: true}, 3, true},
		{codes{list: []uint64{3}, given: true, breaks: true}, 0, false},
	} {
		if got := c.codes.stop(c.code); got != c.want {
			t.Errorf("%+v: stop(%d) = %v", c.codes, c.code, got)
		}
	}
}
