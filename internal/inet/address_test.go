package inet

import (
	"net/netip"
	"strings"
	"testing"
)

func TestParseAddr(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "192.000.002.010": "192.0.2.10", "0.00.0.0": "0.0.0.0", "::1": "::1", "2001:DB8::1": "2001:db8::1",
		"::ffff:192.0.2.1": "::ffff:c000:201", "fe80::1%2": "fe80::1",
		"": "", "192.0.2": "", "192.0.2.1.1": "", "192.0.2.256": "", "192.0.2.1x": "", "192.0.2.": "", "0192.0.2.x": "", "1::2::3": "",
	} {
		ip, ok := ParseAddr(text)
		if !ok && want != "" || ok && ip.String() != want {
			t.Errorf("%q: %v, %v, want %q", text, ip, ok, want)
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
		a, ok := ParseAddrPort(text)
		if !ok {
			t.Fatal(text)
		}
		sa, err := Sockaddr(a)
		if err != nil {
			t.Fatal(err)
		}
		if back, ok := AddressOf(sa); !ok || back != a {
			t.Errorf("%s comes back as %v", text, back)
		}
	}
	nowhere, _ := ParseAddrPort("[fe80::1%no-such-if]:5")
	if _, err := Sockaddr(nowhere); err == nil {
		t.Error("an interface that is not there is one")
	}
}

func TestParseAddrPort(t *testing.T) {
	for text, want := range map[string]bool{
		"192.0.2.1:5": true, "[::1]:65535": true, "[fe80::1%2]:0": true, "192.0.2.1": false, "::1:5": false, "[::1]": false, "[::1:5": false,
		"::1]:5": false, "[]:5": false, ":5": false, "192.0.2.1:": false, "192.0.2.1:65536": false, "": false,
	} {
		if _, ok := ParseAddrPort(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

// FuzzParseAddr compares ParseAddr with net/netip, which has the same addresses but for zeros in front of the numbers of
// IPv4.
func FuzzParseAddr(f *testing.F) {
	for _, text := range []string{
		"0.0.0.0", "255.255.255.255", "1.2.3", "1.2.3.256", "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8",
		"1:2:3:4:5:6:1.2.3.4", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", ":::", "1:::2", ":1", "1:", "::12345", "::g", "fe80::1%eth0", "::1%",
		"1.2.3.4%1", "::1%a%b", "2001:db8:0:0:1:0:0:1", "0:0:0:0:0:0:0:0", "::0:0", "1:0:0:2::", "+1.2.3.4", "1._2.3.4", "::+1", "::0x1", " ::1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := ParseAddr(text)
		want, err := netip.ParseAddr(text)
		if err != nil && strings.Contains(text, ".") && ok {
			return // zeros in front, which netip refuses
		}
		if ok != (err == nil) {
			t.Fatalf("%q: %v, netip: %v", text, ok, err)
		}
		if !ok {
			return
		}
		if string(got.Bytes()) != string(want.AsSlice()) || got.Zone() != want.Zone() || got.Is4() != want.Is4() || got.Is6() != want.Is6() {
			t.Errorf("%q: %v, netip: %v", text, got, want)
		}
		if plain := want.WithZone(""); !want.Is4In6() && got.String() != plain.String() {
			t.Errorf("%q is written %s, netip: %s", text, got, plain)
		}
		for bits := range got.Bits() + 1 {
			network, err := want.WithZone("").Prefix(bits)
			if err != nil || string(got.Network(bits).Bytes()) != string(network.Addr().AsSlice()) {
				t.Errorf("%q/%d: %v, netip: %v", text, bits, got.Network(bits), network)
			}
		}
	})
}
