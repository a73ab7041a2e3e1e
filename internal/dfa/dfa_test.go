package dfa

import (
	"regexp"
	"testing"
)

var expressions = []string{
	``, `a`, `abc`, `^a`, `\Aa`, `a\z`, `\Aa\z`, `\A\z`, `(?s).`, `(?s)a.c`, `a*b|c+`, `(a|b)*c\z`, `[^a-c]`, `(?i)aBc`, `\bab`, `ab\b`, `\Bb`, `a\B`,
	`(\Aa|b)\z`, `(ab){2,3}`, `(a|ab)(c|bcd)\z`, `x{0}`, `(?m)^b$`, `\b\z`, `\A\b`, `\B`, `(\A|b)a`, `[\x80-\xff]`, `(?s)[^x]\z`, `(a?b?c?)*\z`,
}

func TestMatchIsThatOfPackageRegexp(t *testing.T) {
	texts := []string{"", "a", "b", "abc", "ABC", "ab", "aab", "abab", "ababab", "c", "xabcx", "x ab y", "ba", "abcd", "a c", "a\nc", "\n", "\u00e9", "  ", "a b", "aa"}
	for _, expr := range expressions {
		m, err := Compile(expr)
		if err != nil {
			t.Fatal(expr, err)
		}
		for range 2 { // the second time all states are known
			for _, text := range texts {
				if got, want := m.Match(bytes(text)), regexp.MustCompile(expr).MatchString(text); got != want {
					t.Errorf("%q %q: %v", expr, text, got)
				}
			}
		}
	}
}

// bytes makes a byte of each character.
func bytes(text string) (b []byte) {
	for _, c := range text {
		b = append(b, byte(c))
	}
	return b
}

func TestErrors(t *testing.T) {
	if _, err := Compile("("); err == nil {
		t.Error("( was accepted")
	}
}

// TestManyStates has more states than are kept.
func TestManyStates(t *testing.T) {
	m, err := Compile(`a[ab]{14}c`)
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 0, 1<<17)
	for i := range 1 << 17 {
		text = append(text, "ab"[i*i>>3&1^i>>5&1])
	}
	if m.Match(text) {
		t.Error("a match without c")
	}
	if len(m.states) > most {
		t.Errorf("%d states are kept", len(m.states))
	}
	if !m.Match(append(append(text, "abbbbbbbbbbbbbb"...), 'c')) {
		t.Error("no match")
	}
}

func FuzzMatch(f *testing.F) {
	for _, expr := range expressions {
		f.Add(expr, "xabc ab\n")
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		re, err := regexp.Compile(expr)
		m, err2 := Compile(expr)
		if (err != nil) != (err2 != nil) {
			t.Fatal(err, err2)
		}
		if err != nil {
			return
		}
		wide := ""
		for _, c := range []byte(text) {
			wide += string(rune(c))
		}
		if got, want := m.Match([]byte(text)), re.MatchString(wide); got != want {
			t.Errorf("%q %q: %v", expr, text, got)
		}
	})
}
