package pattern

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		pattern, yes, no string // names separated by a space
	}{
		{"", "", "a"},
		{"abc", "abc", "ab abcd"},
		{"a*", "a ab a*", "b"},
		{"*a*b*", "ab xaybz aab", "ba a b"},
		{"a*b*c", "abc axbxc abbc abcc", "abcd acb"},
		{"*.txt", ".txt a.txt .txt.txt", "a.txt.x"},
		{"?", "a", "ab"},
		{"[a-c]", "a b c", "d - ["},
		{"[!a-c]", "d !", "a b"},
		{"[^a-c]", "d ^", "a"},
		{"[]x]", "] x", "["},
		{"[!]x]", "a", "] x"},
		{"[a-]", "a -", "b"},
		{"[-a]", "a -", "b"},
		{"[z-a]", "", "a z m"},
		{"[[:digit:][:upper:]_]x", "1x Ax _x", "ax [x"},
		{"[[.a.]-c]", "a b c", "d"},
		{"[[=a=]b]", "a b", "="},
		{"[[:nope:]]", "", "n a :"},
		{"[a", "[a", "a"},
		{"a[", "a[", "a"},
		{`\*`, "*", `\* a`},
		{`\a\\`, `a\`, `a \a`},
		{`a\`, `a\`, "a"},
		{`[\a]`, `\ a`, "b"},
	} {
		for _, name := range strings.Split(tt.yes, " ") {
			if name == "" && tt.pattern != "" {
				continue
			}
			if !Match(tt.pattern, name, false) {
				t.Errorf("%s does not match %s", tt.pattern, name)
			}
		}
		for _, name := range strings.Split(tt.no, " ") {
			if Match(tt.pattern, name, false) {
				t.Errorf("%s matches %s", tt.pattern, name)
			}
		}
	}
	if !Match(`\*`, `\x`, true) || Match(`\*`, "*", true) {
		t.Error("noEscape")
	}
}

// TestMatchIsNotExponential would not end before the deadline of the test if stars were tried in all ways.
func TestMatchIsNotExponential(t *testing.T) {
	done := make(chan bool)
	go func() { done <- Match(strings.Repeat("*a", 50)+"b", strings.Repeat("a", 5000), false) }()
	select {
	case matched := <-done:
		if matched {
			t.Error("matched")
		}
	case <-time.After(time.Minute):
		t.Error("still matching")
	}
}

// FuzzMatch compares patterns of stars and question marks to the regular expressions they stand for.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if strings.ContainsAny(pattern, `[\`) {
			return
		}
		quoted := regexp.QuoteMeta(pattern)
		re, err := regexp.Compile(`^(?s:` + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(latin1(quoted)) + `)$`)
		if err != nil {
			return
		}
		if want := re.MatchString(latin1(name)); Match(pattern, name, false) != want {
			t.Errorf("%q %q: want %v", pattern, name, want)
		}
	})
}

// latin1 makes a character of each byte.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func TestMeta(t *testing.T) {
	for pattern, want := range map[string]string{`a\*b`: "a*b", "a[b": "a[b", `x\`: `x\`} {
		if HasMeta(pattern, false) || Literal(pattern, false) != want {
			t.Errorf("%s: %v, %s", pattern, HasMeta(pattern, false), Literal(pattern, false))
		}
	}
	for _, pattern := range []string{"a*", "?", "[ab]", `\a*`} {
		if !HasMeta(pattern, false) {
			t.Errorf("%s has special characters", pattern)
		}
	}
}
