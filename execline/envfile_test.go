package execline

import (
	"slices"
	"strings"
	"testing"
)

func TestParseEnvfile(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want []string
	}{
		{"", nil},
		{" \n# c\n  #d", nil},
		{"A=b", []string{"A=b"}},
		{" A\t= b c  d \r\nB=\n", []string{"A=b c  d", "B="}},
		{"#c\\\nA=b#c #d\n", []string{"A=b#c #d"}},
		{`A="  x " y"z"`, []string{"A=  x  yz"}},
		{"A=a \\\n  b  \nB=\\\n c", []string{"A=a   b", "B= c"}},
		{"A=a\\ \nB=\\\\\\\"", []string{"A=a ", `B=\"`}},
		{`A="\n\t\"\\\x41\101\e\7"`, []string{"A=\n\t\"\\AAe\a"}},
		{"A=\"a\\\nb\"", []string{"A=ab"}},
		{"A==b=c\nA=2\n", []string{"A==b=c", "A=2"}},
		{"A=b\x00C", []string{"A=b"}},
		{"A-b.c\xff=1", []string{"A-b.c\xff=1"}},
		{"A=\\\nB=1", []string{"A=B=1"}},
	} {
		if got, err := parseEnvfile([]byte(tt.src)); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, %v", tt.src, got, err)
		}
	}
	for src, want := range map[string]string{
		"A=1\nB": "line 2: no = after \"B\"", "=x": "line 1: no name in front of =", "A B=c": `"B" can't follow the name "A"`,
		"A=\"x\n": "no closing quote", `A=\n`: "a backslash outside quotes", `A="\x4"`: `two hexadecimal digits must follow \x`,
		`A="\0"`: "NUL", "A=x\\\n\\\n\nB": "line 4", "A=\\": "a backslash", "\"A\"=b": `"\"" can't follow the name ""`,
	} {
		if _, err := parseEnvfile([]byte(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
}
