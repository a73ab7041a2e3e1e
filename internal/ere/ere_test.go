package ere

import (
	"slices"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		re, s string
		want  []string // match and groups; nil: none
	}{
		{"b+", "abbc", []string{"bb"}},
		{"^a(b|c)*d$", "abcbd", []string{"abcbd", "b"}},
		{"^([0-9]+)\\.([0-9]+)$", "12.34", []string{"12.34", "12", "34"}},
		{"(a|ab)(c|bcd)", "abcd", []string{"abcd", "a", "bcd"}},
		{"x{2,3}", "axxxx", []string{"xxx"}},
		{"x{2}", "ax", nil},
		{"a{,2}b", "aab", []string{"aab"}},
		{"a{x", "a{x", []string{"a{x"}},
		{"[^[:space:]]+", "  foo bar", []string{"foo"}},
		{"[]x]+", "a]x", []string{"]x"}},
		{"[a-c-]+", "-bd", []string{"-b"}},
		{`\.`, "a.b", []string{"."}},
		{`(.)\1`, "abccd", []string{"cc", "c"}},
		{"(a*)*b", "aaab", []string{"aaab", "aaa"}},
		{"(a*)+", "b", []string{"", ""}},
		{`\bfoo\b`, "a foo b", []string{"foo"}},
		{"", "abc", []string{""}},
		{"(x)?y", "y", []string{"y", ""}},
		{"é.", "caféx", []string{"éx"}},
		{"^(https?|ftp)://([^/:]+)(:([0-9]+))?(/.*)?$", "http://h:80/p", []string{"http://h:80/p", "http", "h", ":80", "80", "/p"}},
	} {
		re, err := Compile(c.re, false)
		if err != nil {
			t.Errorf("%s: %v", c.re, err)
			continue
		}
		at := re.Match(c.s)
		var got []string
		for i := 0; i < len(at); i += 2 {
			if at[i] < 0 {
				got = append(got, "")
			} else {
				got = append(got, c.s[at[i]:at[i+1]])
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s on %q: %q, want %q", c.re, c.s, got, c.want)
		}
	}
	if re, _ := Compile("ABC[d]", true); re.Match("abcD") == nil {
		t.Error("fold")
	}
}

// TestBounded matches expressions that take exponentially many steps: the budget ends each of them.
func TestBounded(t *testing.T) {
	s := strings.Repeat("a", 200)
	for _, text := range []string{"(a*)*b", `((a*)*)*\1b`, `(a?){60}\1b`} {
		re, err := Compile(text, false)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if at := re.Match(s); at != nil {
			t.Errorf("%s: %v", text, at)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, text := range []string{"(a", "[a", "a\\", "a{3,2}", "[b-a]", "[[:nope:]]", `\1`} {
		if _, err := Compile(text, false); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("^(a|b*)+[c-f]{2,3}$", "aabcd")
	f.Fuzz(func(t *testing.T, text, s string) {
		if len(text) > 20 || len(s) > 20 {
			return
		}
		if re, err := Compile(text, false); err == nil {
			re.Match(s)
		}
	})
}
