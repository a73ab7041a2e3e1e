package logging

import "testing"

func TestSyslogName(t *testing.T) {
	for _, tt := range []struct{ message, name, rest string }{
		{"<13>hello", "user.notice: ", "hello"},
		{"<0>x", "kern.emerg: ", "x"},
		{"<191>x", "local7.debug: ", "x"},
		{"<192>x", "mark.emerg: ", "x"},
		{"<200>x", "unknown.emerg: ", "x"},
		{"<96>x", "unknown.emerg: ", "x"},
		{"<0013>x", "user.notice: ", "x"},
		{"<13>", "user.notice: ", ""},
		{"<>x", "", "<>x"},
		{"<13", "", "<13"},
		{"<1a>x", "", "<1a>x"},
		{"< 5>x", "", "< 5>x"},
		{"<99999999999>x", "", "<99999999999>x"},
		{"x<13>", "", "x<13>"},
		{"", "", ""},
	} {
		name, rest := syslogName([]byte(tt.message))
		if name != tt.name || string(rest) != tt.rest {
			t.Errorf("syslogName(%q) = %q, %q", tt.message, name, rest)
		}
	}
}

func TestSyslogLine(t *testing.T) {
	for _, tt := range []struct {
		message  string
		cut, raw bool
		want     string
	}{
		{"<13>two\nlines\n\x00\n", false, false, "user.notice: two~lines\n"},
		{"<13>two\nlines\n", false, true, "<13>two~lines\n"},
		{"a\x00b", true, false, "a~b...\n"},
		{"\n", false, false, "\n"},
	} {
		if got := syslogLine(nil, []byte(tt.message), tt.cut, tt.raw); string(got) != tt.want {
			t.Errorf("%q: %q, want %q", tt.message, got, tt.want)
		}
	}
}
