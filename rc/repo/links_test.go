package repo

import "testing"

func TestLinkName(t *testing.T) {
	const stamp = "@400000006b099b1d05ff5849"
	for dir, want := range map[string]string{
		".one:abcdef":                        "one",
		"..ref:" + stamp + ":abcdef":         ".ref",
		".a:b:" + stamp + ":abcdef":          "a:b",
		".a:@b:abcdef":                       "a:@b",
		".one:" + stamp + ":abcdef:x:abcdef": "one:" + stamp + ":abcdef:x",
		"one:abcdef":                         "",
		".one":                               "",
		".:abcdef":                           "",
		".one:abcde":                         "",
	} {
		got, ok := linkName(dir)
		if got != want || ok != (want != "") {
			t.Errorf("linkName(%s) = %q, %v", dir, got, ok)
		}
		if ok && len(dir) < 40 && !owned(got, dir) {
			t.Errorf("owned(%s, %s) is false", got, dir)
		}
	}
	for _, dir := range []string{"one", ".two:abcdef", ".one:abcdefg", ".one:@400000:abcdef", ".one:" + stamp + "abcdef"} {
		if owned("one", dir) {
			t.Errorf("owned(one, %s)", dir)
		}
	}
}
