package pattern

import "testing"

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pat, s string
		mode   Mode
		want   bool
	}{
		{"", "", 0, true},
		{"", "a", 0, false},
		{"a*c", "abbc", 0, true},
		{"a*c", "abbd", 0, false},
		{"*a*b*c*", "xxaxxbxxcxx", 0, true},
		{"?", "é", 0, true},
		{"?", "é", Bytes, false},
		{`\*`, "*", 0, true},
		{`\*`, "a", 0, false},
		{"[a-c]x", "bx", 0, true},
		{"[!a-c]x", "bx", 0, false},
		{"[^a-c]x", "dx", 0, true},
		{"[]a]", "]", 0, true},
		{"[a", "[a", 0, true},
		{`[\]]`, "]", 0, true},
		{"[a-]", "-", 0, true},
		{"[[:digit:][:alpha:]]", "7", 0, true},
		{"[[:space:]]", "7", 0, false},
		{"ABC", "abc", NoCase, true},
		{"[A-C]", "b", NoCase, true},
		{"+([0-9])", "123", ExtGlob, true},
		{"+([0-9])", "12a", ExtGlob, false},
		{"+([0-9])", "+(1)", 0, true},
		{"*.@(jpg|png)", "a.png", ExtGlob, true},
		{"!(*.png)", "a.png", ExtGlob, false},
		{"!(*.png)", "a.jpg", ExtGlob, true},
		{"?(a)b", "b", ExtGlob, true},
		{"*(ab|c)d", "ababcd", ExtGlob, true},
		{"*(a|+(b))", "abba", ExtGlob, true},
		{"@(a", "@(a", ExtGlob, true},
		{"*(*(a))b", "aaaab", ExtGlob, true},
	} {
		if got := Match(c.pat, c.s, c.mode); got != c.want {
			t.Errorf("Match(%q, %q, %d) = %v", c.pat, c.s, c.mode, got)
		}
	}
}

func TestParts(t *testing.T) {
	p := Compile("*/", 0)
	if n := p.Prefix("a/b/c", false); n != 2 {
		t.Error("shortest prefix", n)
	}
	if n := p.Prefix("a/b/c", true); n != 4 {
		t.Error("longest prefix", n)
	}
	p = Compile(".*", 0)
	if n := p.Suffix("a.b.c", false); n != 3 {
		t.Error("shortest suffix", n)
	}
	if n := p.Suffix("a.b.c", true); n != 1 {
		t.Error("longest suffix", n)
	}
	if s, e := Compile("b*d", 0).Find("abcdd", 0); s != 1 || e != 5 {
		t.Error("find", s, e)
	}
	if s, _ := Compile("x", 0).Find("abc", 0); s != -1 {
		t.Error("find", s)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("a*[b-d]?(x|y)", "abcx")
	f.Add("[[:alpha:]", "\xff")
	f.Fuzz(func(t *testing.T, pat, s string) {
		if len(pat) > 12 || len(s) > 12 {
			return
		}
		for _, mode := range []Mode{0, Bytes, ExtGlob} {
			p := Compile(pat, mode)
			for _, longest := range []bool{true, false} {
				at := boundaries(s, mode)
				if got, want := p.Prefix(s, longest), p.pick(at, longest, func(end int) bool { return p.Match(s[:end]) }); got != want {
					t.Errorf("Prefix of %q in %q, longest %v: %d, want %d", pat, s, longest, got, want)
				}
				if got, want := p.Suffix(s, longest), p.pick(at, !longest, func(from int) bool { return p.Match(s[from:]) }); got != want {
					t.Errorf("Suffix of %q in %q, longest %v: %d, want %d", pat, s, longest, got, want)
				}
			}
			start, _ := p.Find(s, 0)
			for _, at := range boundaries(s, mode) {
				if n := p.Prefix(s[at:], true); n > 0 {
					if at != start {
						t.Errorf("Find of %q in %q: %d, want %d", pat, s, start, at)
					}
					break
				}
			}
		}
		if !Match(Quote(s), s, ExtGlob) {
			t.Errorf("Quote(%q) = %q does not match it", s, Quote(s))
		}
	})
}
