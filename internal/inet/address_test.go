package inet

import (
	"net/netip"
	"testing"
)

func TestParseIP(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "192.000.002.010": "192.0.2.10", "0.00.0.0": "0.0.0.0", "::1": "::1", "2001:DB8::1": "2001:db8::1",
		"::ffff:192.0.2.1": "::ffff:c000:201", "fe80::1%2": "fe80::1",
		"": "", "192.0.2": "", "192.0.2.1.1": "", "192.0.2.256": "", "192.0.2.1x": "", "192.0.2.": "", "0192.0.2.x": "", "1::2::3": "",
	} {
		ip, err := ParseIP(text)
		if err != nil && want != "" || err == nil && Show(ip) != want {
			t.Errorf("%q: %v, error %v, want %q", text, ip, err, want)
		}
	}
}

func TestParsePort(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "65535": true, "080": true, "65536": false, "": false, "-1": false, "+1": false, "1x": false} {
		if _, ok := ParsePort(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

func TestSockaddr(t *testing.T) {
	for _, text := range []string{"192.0.2.1:5", "[2001:db8::1]:5"} {
		a := netip.MustParseAddrPort(text)
		sa, err := Sockaddr(a)
		if err != nil {
			t.Fatal(err)
		}
		if back, ok := AddressOf(sa); !ok || back != a {
			t.Errorf("%s comes back as %v", text, back)
		}
	}
	if _, err := Sockaddr(netip.MustParseAddrPort("[fe80::1%no-such-if]:5")); err == nil {
		t.Error("an interface that is not there is one")
	}
}
