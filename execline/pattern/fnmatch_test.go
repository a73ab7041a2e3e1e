package pattern

import "testing"

func TestFnmatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		flags         Flags
		want          bool
	}{
		{"a*", "a/b", 0, true},
		{"a*", "a/b", Pathname, false},
		{"a?b", "a/b", Pathname, false},
		{"a[/]b", "a/b", 0, true},
		{"a[/]b", "a/b", Pathname, false},
		{"*/*", "a/b", Pathname, true},
		{"*/*", "a/b/c", Pathname, false},
		{`a\/b`, "a/b", Pathname, true},
		{`a\/b`, `a\/b`, Pathname | NoEscape, true},
		{"*", ".a", 0, true},
		{"*", ".a", Period, false},
		{"?a", ".a", Period, false},
		{"[.]a", ".a", Period, false},
		{".*", ".a", Period, true},
		{`\.*`, ".a", Period, true},
		{"*", "a.b", Period, true},
		{"a/*", "a/.b", Period, true},
		{"a/*", "a/.b", Period | Pathname, false},
		{"a/.*", "a/.b", Period | Pathname, true},
		{"", ".", Period, false},
		{"", "", Period | Pathname, true},
		{`f\?`, "f?", 0, true},
		{`f\?`, `f\o`, NoEscape, true},
	} {
		if got := Fnmatch(c.pattern, c.name, c.flags); got != c.want {
			t.Errorf("Fnmatch(%q, %q, %b) = %v", c.pattern, c.name, c.flags, got)
		}
	}
}
