package subst

import (
	"errors"
	"strings"
)

// Blank is the set of delimiters where a command line names none.
const Blank = " \n\r\t"

// Transform is what is done to a value before it is substituted, in this order. The zero value leaves it alone.
type Transform struct {
	Crunch bool   // make a run of delimiters one, the first of them
	Chomp  bool   // remove one delimiter at the end
	Split  bool   // make words of it
	Delim  string // the delimiters, each byte one; with Split, "" means that the value is netstrings
}

// errNetstrings says that a value to be split is not a sequence of netstrings.
var errNetstrings = errors.New("invalid netstring")

// Apply returns the values that value becomes. A value that is not split is always one.
func (t Transform) Apply(value string) ([]string, error) {
	if t.Crunch {
		value = t.crunch(value)
	}
	chomped := false
	if t.Chomp && value != "" && t.isDelim(value[len(value)-1]) {
		value = value[:len(value)-1]
		chomped = true
	}
	switch {
	case !t.Split:
		return []string{value}, nil
	case t.Delim == "":
		return parseNetstrings(value)
	default:
		return t.split(value, chomped || !t.Chomp), nil
	}
}

func (t Transform) isDelim(c byte) bool { return strings.IndexByte(t.Delim, c) >= 0 }

func (t Transform) crunch(value string) string {
	out := make([]byte, 0, len(value))
	for i := range len(value) {
		if i == 0 || !t.isDelim(value[i]) || !t.isDelim(value[i-1]) {
			out = append(out, value[i])
		}
	}
	return string(out)
}

// split makes a word of what is in front of each delimiter; last tells whether what is behind the last of
// them, if anything, is one too.
func (t Transform) split(value string, last bool) []string {
	var words []string
	start := 0
	for i := range len(value) {
		if t.isDelim(value[i]) {
			words = append(words, value[start:i])
			start = i + 1
		}
	}
	if last && start < len(value) {
		words = append(words, value[start:])
	}
	return words
}
