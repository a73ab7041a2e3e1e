package lex

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		script string
		want   []string
	}{
		{"", nil},
		{" \n\t", nil},
		{"# only a comment", nil},
		{"a b\tc\nd\re\vf", []string{"a", "b", "c", "d", "e", "f"}},
		{"a#b #c d\ne", []string{"a#b", "e"}},
		{`foreground { a { b "" } } c`, []string{"foreground", " a", "  b", "  ", " ", "", "c"}},
		{`{a a} {} "{" \} a{ { }`, []string{"{a", "a}", "{}", "{", "}", "a{", ""}},
		{`a"b c"d "" ""x`, []string{"ab cd", "", "x"}},
		{`\a\ \"\\ \n`, []string{`a "\`, "n"}},
		{"a\\\nb \\\nc \\", []string{"a\nb", "c"}},
		{"\"a\\\nb\nc\"", []string{"ab\nc"}},
		{`"\a\b\t\n\v\f\r\q\"\\"`, []string{"\a\b\t\n\v\f\rq\"\\"}},
		{`"\0x41\66\0103D\0x4g\01015\2555"`, []string{"ABCD\x04gA5\xff5"}},
		{`"\65`, []string{"A"}},
		{"a\x00 b \"", []string{"a"}},
		{"caf\u00e9 \xff\x80", []string{"caf\u00e9", "\xff\x80"}},
		{"\\\n# comment\nx", []string{"x"}},
		{"if {\\\na }\\\nb { }\\", []string{"if", " a", "", "b", ""}}, // upstream loses these braces
	} {
		got, err := Parse([]byte(tt.script))
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, %v; want %q", tt.script, got, err, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ script, want string }{
		{"echo \"a\nb", `syntax error in file f at line 1, column 6: no end to the string "a`},
		{"a\n\tb {\n c", `unmatched { in file f at line 2, column 4: the block of b has no end`},
		{"{", `unmatched { in file f at line 1, column 1`},
		{"\u00e9 } a", `unmatched } in file f at line 1, column 3`},
		{`a b\`, `syntax error in file f at line 1, column 4: nothing follows the backslash that ends b\`},
		{`"ab\0xzz"`, `syntax error in file f at line 1, column 4: not the number of a byte from 1 to 255: \0x`},
		{`"\256"`, `syntax error in file f at line 1, column 2: not the number of a byte from 1 to 255: \256`},
		{`"\0400"`, `syntax error in file f at line 1, column 2: not the number of a byte from 1 to 255: \0400`},
		{`"\09"`, `syntax error in file f at line 1, column 2: not the number of a byte from 1 to 255: \0`},
		{`"` + strings.Repeat("\u00e9", 40), `syntax error in file f at line 1, column 1: no end to the string "` + strings.Repeat("\u00e9", 19) + "..."},
	} {
		_, err := Parse([]byte(tt.script))
		var e *Error
		if !errors.As(err, &e) || e.In("f") != tt.want {
			t.Errorf("%q: got %v, want %s", tt.script, err, tt.want)
		}
	}
}

// TestDeep reads blocks within blocks: their words take memory with the square of the depth.
func TestDeep(t *testing.T) {
	for depth, bad := range map[int]bool{1000: false, 9000: true, 500000: true} {
		words, err := Parse([]byte(strings.Repeat("{ ", depth) + strings.Repeat("} ", depth)))
		if bad != (err != nil) || !bad && len(words) != depth {
			t.Errorf("depth %d: %d words, %v", depth, len(words), err)
		}
	}
}

func TestTokens(t *testing.T) {
	src := "if { \"a b\" } # why\nc"
	var got []string
	tokens, err := Tokens([]byte(src))
	for _, tok := range tokens {
		got = append(got, src[tok.Off:tok.End])
	}
	if want := []string{"if", "{", `"a b"`, "}", "# why", "c"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

// FuzzParse compares Parse to execlineb of the directories in S6BOX_REFERENCE where there is one, and asks
// that the words, quoted, are read back as they were.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a { b \"c\\n\" } # d", "\"\\0x41\\65\\0101\"", "a\\\nb \\\n c\\", "{ { } }", "\"\\65", "}"} {
		f.Add([]byte(seed))
	}
	reference := execlineb()
	lostBrace := regexp.MustCompile(`(^|[\x01-\x20])[{}]\\`) // upstream drops such a brace or adds a space to its word
	f.Fuzz(func(t *testing.T, src []byte) {
		words, err := Parse(src)
		if err == nil {
			readBack(t, words)
		}
		if reference != "" && !lostBrace.Match(src) {
			compare(t, reference, src, words, err)
		}
	})
}

func readBack(t *testing.T, words []string) {
	var script []string
	for _, w := range words {
		script = append(script, Quote(w))
	}
	if again, err := Parse([]byte(strings.Join(script, " "))); err != nil || !slices.Equal(again, words) {
		t.Errorf("%q: read back as %q, %v", words, again, err)
	}
}

func execlineb() string {
	for _, dir := range filepath.SplitList(os.Getenv("S6BOX_REFERENCE")) {
		if file := filepath.Join(dir, "execlineb"); exec.Command(file, "-c", "").Run() == nil {
			return file
		}
	}
	return ""
}

// compare runs a script that prints its other words, each with a NUL behind it.
func compare(t *testing.T, execlineb string, src []byte, words []string, parseErr error) {
	file := filepath.Join(t.TempDir(), "script")
	script := append([]byte(`printf "%s\\0" .`+"\n"), src...)
	if err := os.WriteFile(file, script, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(execlineb, "-P", file).Output()
	if (err == nil) != (parseErr == nil) {
		t.Fatalf("%q: reference says %v, we say %v", src, err, parseErr)
	}
	want := strings.Join(append([]string{"."}, words...), "\x00") + "\x00"
	if err == nil && !bytes.Equal(out, []byte(want)) {
		t.Errorf("%q: reference has %q, we have %q", src, out, want)
	}
}

func BenchmarkParse(b *testing.B) {
	line := "foreground { if -n { eltest -e \"${X}/a b\\n\" } redirfd -w 1 /dev/null echo ${A} } # comment\n"
	src := []byte(strings.Repeat(line, 2<<20/len(line)))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(src); err != nil {
			b.Fatal(err)
		}
	}
}
