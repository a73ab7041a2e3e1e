package accessrules

import (
	"strings"
	"testing"

	"s6box/internal/inet"
)

// recorder is a ruleset with one rule that remembers what it was asked for.
type recorder struct {
	rule  string
	asked []string
}

func (r *recorder) Lookup(key string) (Result, error) {
	r.asked = append(r.asked, key)
	if key == r.rule {
		return Result{Verdict: Allow}, nil
	}
	return Result{}, nil
}

func TestCheckIP(t *testing.T) {
	for _, c := range []struct{ ip, rule, first string }{
		{"192.0.2.129", "ip4/192.0.2.128_25", "ip4/192.0.2.129_32"},
		{"192.0.2.129", "ip4/0.0.0.0_0", "ip4/192.0.2.129_32"},
		{"2001:db8::1", "ip6/2001:db8::_32", "ip6/2001:db8::1_128"},
		{"2001:db8::1", "ip6/::_0", "ip6/2001:db8::1_128"},
		{"::ffff:127.0.0.1", "ip6/::ffff:7f00:0_104", "ip6/::ffff:7f00:1_128"},
		{"fe80::1%2", "ip6/fe80::_10", "ip6/fe80::1_128"},
	} {
		r := &recorder{rule: c.rule}
		ip, ok := inet.ParseAddr(c.ip)
		if !ok {
			t.Fatal(c.ip)
		}
		result, err := CheckIP(r, ip)
		if err != nil || result.Verdict != Allow || r.asked[0] != c.first {
			t.Errorf("%s: %v, error %v, asked for %v", c.ip, result, err, r.asked)
		}
	}
}

func TestCheckName(t *testing.T) {
	for name, want := range map[string]string{
		"a.b.test.": "reversedns/a.b.test reversedns/b.test reversedns/test reversedns/@",
		"test":      "reversedns/test reversedns/@",
		".":         "reversedns/@",
		"...":       "reversedns/@",
		"..a.":      "reversedns/a reversedns/@",
		"a\x00.b":   "reversedns/@",

		"../ip4/127.0.0.1_32.": "reversedns/@",
	} {
		r := &recorder{rule: "reversedns/@"}
		result, err := CheckName(r, name)
		if got := strings.Join(r.asked, " "); err != nil || result.Verdict != Allow || got != want {
			t.Errorf("%s: %v, error %v, asked for %s", name, result, err, got)
		}
	}
}
