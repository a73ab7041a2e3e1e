package posixre

import (
	"slices"
	"strings"
	"testing"
)

var expressions = []string{
	``, `a`, `abc`, `^a`, `a$`, `^a$`, `^$`, `.`, `a.c`, `a*b|c+`, `(a|b)*c$`, `[^a-c]`, `\bab`, `ab\b`, `\Bb`, `a\B`, `\<a`, `b\>`,
	`(^a|b)$`, `(ab){2,3}`, `(a|ab)(c|bcd)$`, `x{0}`, `\b$`, `^\b`, `\B`, `(^|b)a`, "[\x80-\xff]", `[^x]$`, `(a?b?c?)*$`, `(a*)*`, `(a*)+b`, `(|a)*`, `((a|b)?){2,4}c`,
}

// TestMatcher compares the two ways to match, which share the program and nothing else.
func TestMatcher(t *testing.T) {
	texts := []string{"", "a", "b", "abc", "ABC", "ab", "aab", "abab", "ababab", "c", "xabcx", "x ab y", "ba", "abcd", "a c", "a\nc", "\n", "\xe9", "  ", "a b", "aa"}
	for _, expr := range expressions {
		re, err := Compile(expr, 0)
		if err != nil {
			t.Fatal(expr, err)
		}
		m := newMatcher(re.prog)
		for range 2 { // the second time all states are known
			for _, text := range texts {
				if got, want := m.match([]byte(text)), re.Match(text); got != want || (re.Find(text) != nil) != want {
					t.Errorf("%q %q: %v", expr, text, got)
				}
			}
		}
	}
}

// TestManyStates has more states than are kept.
func TestManyStates(t *testing.T) {
	re, err := Compile(`a[ab]{14}c`, 0)
	if err != nil {
		t.Fatal(err)
	}
	m := newMatcher(re.prog)
	text := make([]byte, 0, 1<<17)
	for i := range 1 << 17 {
		text = append(text, "ab"[i*i>>3&1^i>>5&1])
	}
	if m.match(text) {
		t.Error("a match without c")
	}
	if len(m.states) > mostStates {
		t.Errorf("%d states are kept", len(m.states))
	}
	if !m.match(append(append(text, "abbbbbbbbbbbbbb"...), 'c')) {
		t.Error("no match")
	}
}

// TestLong is about expressions that would take for ever, or all memory, to match one way at a time.
func TestLong(t *testing.T) {
	re, err := Compile(`^((a*)*)*(a?){200}b$`, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("a", 5000)
	if re.Match(text) || re.Find(text+"b") == nil {
		t.Error("wrong")
	}
	for _, expr := range []string{"((((a{255}){255}){255}){255}){255}", strings.Repeat("(", 2000) + strings.Repeat(")", 2000)} {
		if _, err := Compile(expr, 0); err == nil || err.Error() != "Out of memory" {
			t.Errorf("%.40s: %v", expr, err)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, expr := range expressions {
		f.Add(expr, "xabc ab\n", uint8(0))
	}
	f.Fuzz(func(t *testing.T, expr, text string, flags uint8) {
		re, err := Compile(expr, Flags(flags)&(Basic|FoldCase))
		if err != nil {
			return
		}
		found := re.Find(text)
		if got := re.Matcher()([]byte(text)); got != (found != nil) || got != re.Match(text) {
			t.Errorf("%q %q: %v, %v", expr, text, got, found)
		}
		inside := func(at [2]int) bool {
			return at == [2]int{-1, -1} || 0 <= at[0] && at[0] <= at[1] && at[1] <= len(text)
		}
		if slices.ContainsFunc(found, func(at [2]int) bool { return !inside(at) }) {
			t.Errorf("%q %q: %v", expr, text, found)
		}
	})
}
