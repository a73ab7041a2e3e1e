package dnsclient

import (
	"testing"

	"s6box/internal/tai"
	"s6box/networking/dns"
)

func TestLeadingIP(t *testing.T) {
	for _, c := range []struct {
		text   string
		v4, v6 bool
		ip     string
		rest   string
	}{
		{"192.0.2.1 x", true, false, "192.0.2.1", " x"},
		{"192.0.2.1x", true, false, "192.0.2.1", "x"},
		{"192.0.2.1.5", true, false, "192.0.2.1", ".5"},
		{"192.0.2.1.", true, true, "192.0.2.1", "."},
		{"192.0.2.1:80", true, true, "192.0.2.1", ":80"},
		{"192.000.2.001", true, false, "192.0.2.1", ""},
		{"192.0.2.1234", true, false, "", ""},
		{"192.0.2", true, true, "", ""},
		{"192.0.2.1", false, true, "", ""},
		{"::1", true, false, "", ""},
		{"2001:DB8::1/64", false, true, "2001:db8::1", "/64"},
		{"fe80::1%eth0 x", true, true, "fe80::1", "%eth0 x"},
		{"::ffff:192.0.2.1 x", true, true, "::ffff:c000:201", " x"},
		{"x", true, true, "", ""}, {"", true, true, "", ""}, {"....", true, true, "", ""},
	} {
		ip, rest, ok := leadingIP(c.text, c.v4, c.v6)
		if ok != (c.ip != "") || ok && (ip.String() != c.ip || rest != c.rest) {
			t.Errorf("%q: %v, %q, %v, want %s, %q", c.text, ip, rest, ok, c.ip, c.rest)
		}
	}
}

func TestFormat(t *testing.T) {
	l := &line{"s", "d", "e", " ", "r"}
	for f, want := range map[format]string{"%s=%d%w%r": "s=d r\n", "%%s%e": "%se\n", "": "\n", "x": "x\n"} {
		if got := string(f.append(nil, l)); got != want || f.check() != nil {
			t.Errorf("%q: %q, want %q", f, got, want)
		}
	}
	for _, f := range []format{"%", "x%z", "%%%", "% s"} {
		if f.check() == nil {
			t.Errorf("%q is a format", f)
		}
	}
}

// Whatever a program sends is a question or refused, and there are no more questions than there may be.
func FuzzRequests(f *testing.F) {
	never := tai.Stamp{}.Pack()
	question := func(number byte, name string) string {
		msg := string([]byte{0, number, 'Q', 0, 1}) + string(never[:]) + name
		return string([]byte{0, 0, 0, byte(len(msg))}) + msg
	}
	f.Add([]byte(question(1, "\x01a\x00") + question(2, "\x00") + "\x00\x00\x00\x03\x00\x01q"))
	f.Add([]byte(question(1, "\x01a")))
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, input []byte) {
		s := &resolverSession{input: input, resolver: &dns.Resolver{}, queries: map[uint16]*dns.Query{}}
		err := s.serve()
		if err != nil && err != errRequest {
			t.Error(err)
		}
		if s.pool.Len() != len(s.queries) || s.pool.Len() > mostQuestions || len(s.replies.pending) > 5*(len(input)+1) {
			t.Errorf("%d queries, %d of them known", s.pool.Len(), len(s.queries))
		}
	})
}
