package posixre

import (
	"slices"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		expr, s string
		flags   Flags
		want    bool
	}{
		{"", "abc", 0, true},
		{"b", "abc", 0, true},
		{"^b", "abc", 0, false},
		{"^$", "", 0, true},
		{"(^a)(b$)", "ab", 0, true},
		{"a^b", "a^b", 0, false},
		{"^.$", "\n", 0, true},
		{"^a$", "a\nb", 0, false},
		{"^.$", "\u00e9", 0, false},
		{"^..$", "\u00e9", 0, true},
		{"\u00e9", "x\u00e9y", 0, true},
		{"^[^a]{2}$", "\u00e9", 0, true},
		{"^(a|b)*c?$", "abbac", 0, true},
		{"a**", "b", 0, true},
		{"^*a", "a", 0, true},
		{"^(a){2}$", "aa", 0, true},
		{"^a{1}{2}$", "aa", 0, true},
		{"^a{1,2}$", "aaa", 0, false},
		{"a{0}", "b", 0, true},
		{"^a{,2}$", "aa", 0, true},
		{"^a{,2}$", "aaa", 0, false},
		{"^[[.a.][=-=]]{2}$", "a-", 0, true},
		{"^[[.].]]$", "]", 0, true},
		{"a+?", "a", 0, true},
		{"a|", "b", 0, true},
		{"a)", "a)", 0, true},
		{`a\.b\{\|`, "a.b{|", 0, true},
		{`a\wb\sc\d`, "axb c1", 0, true},
		{`\<foo\>`, "a foo b", 0, true}, {`\<foo\>`, "afoo", 0, false}, {`\>foo`, " foo", 0, false},
		{`\<a\x42\tc\>`, "aB\tc", 0, true},
		{`[]a^-]+$`, "]a^-", 0, true},
		{`^[\]$`, `\`, 0, true},
		{"[[:upper:]][[:digit:]]", "xA1", 0, true},
		{"[a-c]", "d", 0, false},
		{"ABC", "xabc", FoldCase, true},
		{"^\xe9[\xe0-\xff]$", "\xe9\xe9", FoldCase, true},
		{"\xe9", "\xc9", FoldCase, false},
		{"[\xe9\xb5]", "\xc9\xb5"[:1], FoldCase, false},
		{"^[Y-c[=d=]]{6}[[:upper:]][^x]$", "yZABcDqq", FoldCase, true},
		{"[^x]", "X", FoldCase, false},
		{`\x41`, "a", FoldCase, false},
		{"a+(b)|c", "a+(b)|c", Basic, true},
		{"a+", "aa", Basic, false},
		{`^\(ab\)*$`, "abab", Basic, true},
		{`^a\{2\}$`, "aa", Basic, true},
		{`a\|b`, "b", Basic, true},
		{"*a", "*a", Basic, true},
		{`\(*a\)`, "*a", Basic, true},
		{"a^b$c", "a^b$c", Basic, true}, {"^^a", "^a", Basic, true}, {"^^a", "a", Basic, false}, {"^*a", "*a", Basic, true}, {`\(^^\)`, "^", Basic, true},
		{"a{2}", "a{2}", Basic, true},
	} {
		re, err := Compile(tt.expr, tt.flags)
		if err != nil || re.Match(tt.s) != tt.want {
			t.Errorf("%q %q: want %v, %v", tt.expr, tt.s, tt.want, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for expr, want := range map[string]string{
		"*a": "Repetition not preceded by valid expression", "(*a)": "Repetition not preceded by valid expression",
		"a|+": "Repetition not preceded by valid expression", "[a": "Missing ']'", "[]": "Missing ']'", "(": "Missing ')'",
		"a{": "Invalid contents of {}", "a{1": "Invalid contents of {}", "a{x}": "Invalid contents of {}", "a{2,1}": "Invalid contents of {}",
		"a{256}": "Invalid contents of {}", "a{,x}": "Invalid contents of {}", "[[:foo:]]": "Unknown character class name",
		"[[.ab.]]": "Unknown collating element", "[[.a=]]": "Unknown collating element", "[[=a=]-z]": "Invalid character range", "[b-a]": "Invalid character range", "[a-c-e]": "Invalid character range",
		"[[:alpha:]-z]": "Invalid character range", `a\`: "Trailing backslash", `(a)\1{x`: "Invalid contents of {}",
	} {
		if _, err := Compile(expr, 0); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", expr, err, want)
		}
	}
}

func TestBackReferences(t *testing.T) {
	for _, c := range []struct {
		expr  string
		flags Flags
		s     string
		want  bool
	}{
		{`^\(a*\)b\1$`, Basic, "aabaa", true}, {`^\(a*\)b\1$`, Basic, "aaba", false},
		{`^(a|b)\1$`, 0, "bb", true}, {`^(a|b)\1$`, 0, "ab", false},
		{`^(ab)\1$`, FoldCase, "aBAb", true},
		{`^\(*a+\)\1$`, Basic, "*a+*a+", true},
		{`^\(a^b$c\)\1$`, Basic, "a^b$ca^b$c", true},
		{`^\([]a]\)\1$`, Basic, "]]", true}, {`^\([^]a]\)\1$`, Basic, "]]", false},
		{`^\(\x28\t\)\1$`, Basic, "(\t(\t", true}, {`^(\x28\d)\1$`, 0, "(1(1", true},
		{`^(..)\1$`, 0, "\xe9\xe8\xe9\xe8", true}, {`^([[:alpha:]])\1$`, 0, "\xe9\xe9", false},
		{`^(a)\2$`, 0, "a2", true}, {`^[(]\1(\(\2)\1$`, 0, "(1(2(2", true}, {`^ \1$`, 0, " a", false},
	} {
		re, err := Compile(c.expr, c.flags)
		if err != nil || re.Match(c.s) != c.want {
			t.Errorf("%q %q: want %v, %v", c.expr, c.s, c.want, err)
		}
		if got := re.Matcher()([]byte(c.s)); got != c.want {
			t.Errorf("%q %q for many: want %v", c.expr, c.s, c.want)
		}
	}
	if _, err := Compile(`\(a\)\2`, Basic); err == nil || err.Error() != "Invalid back reference" {
		t.Errorf("group 2 of 1: %v", err)
	}
}

func TestFind(t *testing.T) {
	re, err := Compile("(a|ab)(c|bcd)?(x)?", 0)
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]int{{2, 6}, {2, 3}, {3, 6}, {-1, -1}}
	if got := re.Find("\u00e9abcd"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if re.Find("x") != nil {
		t.Error("found nothing in x")
	}
}
