package dns

import (
	"slices"
	"strings"
	"testing"

	"s6box/internal/inet"
)

func TestHosts(t *testing.T) {
	h, err := parseHosts("127.0.0.1 localhost One # x\n::1 localhost\n192.0.2.1\nx y\n192.0.2.2 A.Test. alias\n192.0.2.3 a.test alias alias\nfe80::1%eth0 l\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		got  []inet.Addr
		want string
	}{
		{h.Addresses("LOCALHOST.", true, true), "[127.0.0.1 ::1]"},
		{h.Addresses("localhost", true, false), "[127.0.0.1]"},
		{h.Addresses("a.test", true, true), "[192.0.2.2 192.0.2.3]"},
		{h.Addresses("one", true, true), "[]"},
		{h.Addresses("l", true, true), "[]"},
		{h.Addresses("y", true, true), "[]"},
		{h.Aliased("ONE", true, true), "[127.0.0.1]"},
		{h.Aliased("alias", true, true), "[192.0.2.2 192.0.2.3]"},
		{h.Aliased("localhost", true, true), "[]"},
		{Hosts{}.Addresses("localhost", true, true), "[]"},
	} {
		var words []string
		for _, ip := range c.got {
			words = append(words, ip.String())
		}
		if got := "[" + strings.Join(words, " ") + "]"; got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	for text, want := range map[string]string{
		"127.0.0.1 a\nx y\nz y\n": "line 2: x is no IP address", "127.0.0.1 .": "line 1: . is no name of a host",
		"1.2.3.4 a # ok\n\n#\n ::1%eth0 b\n::1\n": "",
	} {
		if _, err := CompileHosts(text); (err != nil || want != "") && (err == nil || err.Error() != want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

// Whatever is in a hosts file, what a line has is found, and what makes no sense is told of.
func FuzzHosts(f *testing.F) {
	f.Add("127.0.0.1 localhost One # x\n::1 localhost\n192.0.2.1\nx y\n")
	f.Add("fe80::1%eth0 l\n1.2.3.4 . a\n1.2.3.4 a..b \x00\n")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parseHosts(text)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text) {
			line, _, _ = strings.Cut(line, "#")
			words := strings.Fields(line)
			if len(words) < 2 || strings.Trim(words[1], ".") == "" || strings.Contains(words[1], "\x00") {
				continue
			}
			ip, ok := inet.ParseAddr(words[0])
			if !ok || ip.Zone() != "" {
				continue
			}
			if want := string(lower([]byte(strings.TrimRight(words[1], ".")))) + "."; !slices.Contains(h.Names(ip), want) {
				t.Errorf("%q: names of %s are %q", text, ip, h.Names(ip))
			}
			if full, err := full(words[1]); err == nil && !strings.Contains(words[1], "..") && words[1][0] != '.' && !slices.Contains(h.Addresses(full, true, true), ip) {
				t.Errorf("%q: addresses of %s are %v", text, full, h.Addresses(full, true, true))
			}
		}
		CompileHosts(text)
		parseConfig(text)
	})
}
