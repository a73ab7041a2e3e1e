package dns

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"s6box/internal/dnstest"
	"s6box/internal/inet"
)

const example = `
a.test. A 192.0.2.1
a.test. A 192.0.2.2
both.test. A 192.0.2.3
both.test. AAAA 2001:db8::3
alias.test. CNAME a.test.
half.test. A 192.0.2.5
empty.test. TXT x
big.test. A 192.0.2.9
big.test. !truncate
forged.test. A 192.0.2.4
forged.test. !forge
broken.test. !rcode 2
short.test. !answer short.test. TYPE1 010203
shorter.test. !raw 8180000100010000000007
cut.test. !truncate
cut.test. !noend
cut.test. A 192.0.2.1
names.test. MX 10 Mail.Test.
names.test. MX 20 .
host.site.test. A 192.0.2.7
1.2.0.192.in-addr.arpa. PTR a.test.
1.2.0.192.in-addr.arpa. PTR b.test.
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR six.test.
`

func addr(text string) inet.Addr {
	a, ok := inet.ParseAddr(text)
	if !ok {
		panic(text)
	}
	return a
}

func endpoint(text string) inet.AddrPort {
	a, ok := inet.ParseAddrPort(text)
	if !ok {
		panic(text)
	}
	return a
}

func serve(t *testing.T, text string) inet.AddrPort {
	zone, err := dnstest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	server := dnstest.New(zone)
	t.Cleanup(server.Close)
	address, err := server.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return endpoint(address)
}

func TestAddresses(t *testing.T) {
	r := &Resolver{Servers: []inet.AddrPort{serve(t, example)}, Search: []string{"none.test", "site.test."}}
	for _, c := range []struct {
		name            string
		v4, v6, qualify bool
		want            string
		err             error
	}{
		{"a.test", true, false, false, "192.0.2.1 192.0.2.2", nil},
		{"A.test.", true, true, false, "192.0.2.1 192.0.2.2", nil},
		{"a..test", true, false, false, "192.0.2.1 192.0.2.2", nil},
		{"both.test", true, true, false, "2001:db8::3 192.0.2.3", nil},
		{"both.test", false, true, false, "2001:db8::3", nil},
		{"alias.test", true, false, false, "192.0.2.1 192.0.2.2", nil},
		{"big.test", true, true, false, "192.0.2.9", nil},
		{"forged.test", true, false, false, "192.0.2.4", nil},
		{"host", true, false, true, "192.0.2.7", nil},
		{"host", true, false, false, "", ErrNoDomain},
		{"host.", true, false, true, "", ErrNoDomain},
		{"empty.test", true, true, false, "", nil},
		{"short.test", true, false, false, "", nil},
		{"none.test", true, true, false, "", ErrNoDomain},
		{"broken.test", true, false, false, "", ErrNoServer},
		{"cut.test", true, false, false, "", ErrNoServer},
		{strings.Repeat("x", 64) + ".test", true, false, false, "", ErrName},
		{strings.Repeat("x.", 127) + "test", true, false, true, "", ErrName},
	} {
		ips, err := r.Addresses(c.name, c.v4, c.v6, c.qualify, time.Time{})
		var words []string
		for _, ip := range ips {
			words = append(words, ip.String())
		}
		if got := strings.Join(words, " "); got != c.want || err != c.err {
			t.Errorf("%s: %q, error %v, want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
}

func TestNames(t *testing.T) {
	hosts, err := parseHosts("192.0.2.8 eight # nine\n::8 v6 v6.test other.\n")
	if err != nil {
		t.Fatal(err)
	}
	r := &Resolver{Servers: []inet.AddrPort{serve(t, example)}, Hosts: hosts}
	for ip, want := range map[string]string{
		"192.0.2.1": "a.test. b.test.", "2001:db8::1": "six.test.", "192.0.2.8": "eight.", "::8": "v6. v6.test other.",
	} {
		names, err := r.Names(addr(ip), time.Time{})
		if got := strings.Join(names, " "); got != want || err != nil {
			t.Errorf("%s: %q, error %v, want %q", ip, got, err, want)
		}
	}
	if _, err := r.Names(addr("192.0.2.99"), time.Time{}); err != ErrNoDomain {
		t.Errorf("an address without a name: error %v", err)
	}
	records, err := r.Records("names.test", MX, time.Time{})
	if texts, fail := Texts(records); err != nil || fail != nil || !reflect.DeepEqual(texts, []string{"10 mail.test.", "20 ."}) {
		t.Errorf("MX: %q, error %v, %v", texts, err, fail)
	}
}

func TestConfig(t *testing.T) {
	r := parseConfig("# comment\nnameserver 192.0.2.53\nnameserver ::1 # two\nnameserver x\n nameserver 192.0.2.54\ndomain d.test\nsearch a.test b.test\noptions x\n")
	if want := []inet.AddrPort{endpoint("192.0.2.53:53"), endpoint("[::1]:53")}; !reflect.DeepEqual(r.Servers, want) {
		t.Errorf("servers %v", r.Servers)
	}
	for name, want := range map[string]string{"H": "h.a.test. h.b.test. h.", "h.": "h.", "": ".", ".": ".", "h.i": "h.i.a.test. h.i.b.test. h.i."} {
		if got, err := r.Qualified(name); strings.Join(got, " ") != want || err != nil {
			t.Errorf("%s qualified: %q, error %v, want %q", name, got, err, want)
		}
	}
	longest := strings.Repeat("x.", 126) + "x"
	if got, err := r.Qualified(longest); err != nil || len(got) != 1 {
		t.Errorf("a name that no suffix fits: %q, error %v", got, err)
	}
	servers, bad := ParseServers("192.0.2.1,::1;x 192.0.2.300\n127.0.0.1")
	if len(servers) != 3 || !reflect.DeepEqual(bad, []string{"x", "192.0.2.300"}) {
		t.Errorf("servers %v, bad %q", servers, bad)
	}
}
