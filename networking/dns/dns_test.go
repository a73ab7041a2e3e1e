package dns

import (
	"encoding/binary"
	"net"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

// zone is what the server of the tests knows: the records of a name and type, in presentation form. A name that is
// in it but has no record of the type has none; any other name is no domain.
type zone map[string][]string // "name TYPE"

var example = zone{
	"a.test. A": {"192.0.2.1", "192.0.2.2"}, "both.test. A": {"192.0.2.3"}, "both.test. AAAA": {"2001:db8::3"},
	"alias.test. A": {"CNAME a.test.", "192.0.2.1"}, "empty.test. TXT": nil, "big.test. A": {"192.0.2.9"},
	"host.site.test. A":           {"192.0.2.7"},
	"1.2.0.192.in-addr.arpa. PTR": {"a.test.", "b.test."},
	"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR": {"six.test."},
}

var typeNames = map[Type]string{A: "A", AAAA: "AAAA", PTR: "PTR"}

func (z zone) answer(q []byte, udp bool) []byte {
	asked, _ := name(q, headerSize)
	kind := Type(binary.BigEndian.Uint16(q[len(q)-4:]))
	reply := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, q[headerSize:]...)
	switch {
	case strings.HasPrefix(asked, "broken."):
		reply[3] |= 2
		return reply
	case strings.HasPrefix(asked, "big.") && udp:
		reply[2] |= 2
		return reply
	}
	known := false
	for key := range z {
		known = known || strings.HasPrefix(key, asked+" ")
	}
	if !known {
		reply[3] |= codeNoDomain
		return reply
	}
	values := z[asked+" "+typeNames[kind]]
	binary.BigEndian.PutUint16(reply[6:], uint16(len(values)))
	for _, v := range values {
		of, data := kind, []byte(nil)
		if alias, ok := strings.CutPrefix(v, "CNAME "); ok {
			of = 5
			data, _ = appendName(nil, alias)
		} else if ip, err := netip.ParseAddr(v); err == nil {
			data = ip.AsSlice()
		} else {
			data, _ = appendName(nil, v)
		}
		reply = append(reply, 0xc0, headerSize) // the name asked for
		reply = binary.BigEndian.AppendUint16(reply, uint16(of))
		reply = append(reply, 0, classIN, 0, 0, 0, 60)
		reply = append(binary.BigEndian.AppendUint16(reply, uint16(len(data))), data...)
	}
	return reply
}

// serve answers on a port of its own, by UDP and TCP. Before each answer by UDP comes one with another id.
func (z zone) serve(t *testing.T) netip.AddrPort {
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp", udp.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { udp.Close(); tcp.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := udp.ReadFrom(buf)
			if err != nil {
				return
			}
			reply := z.answer(buf[:n], true)
			forged := append([]byte{^reply[0]}, reply[1:]...)
			udp.WriteTo(forged, from)
			udp.WriteTo(reply, from)
		}
	}()
	go func() {
		for {
			conn, err := tcp.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 512)
			n, _ := conn.Read(buf)
			reply := z.answer(buf[2:n], false)
			conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
			conn.Close()
		}
	}()
	return netip.MustParseAddrPort(udp.LocalAddr().String())
}

func TestAddresses(t *testing.T) {
	r := &Resolver{Servers: []netip.AddrPort{example.serve(t)}}
	for _, c := range []struct {
		name   string
		v4, v6 bool
		want   string
		err    error
	}{
		{"a.test", true, false, "192.0.2.1 192.0.2.2", nil},
		{"a.test.", true, true, "192.0.2.1 192.0.2.2", nil},
		{"both.test", true, true, "2001:db8::3 192.0.2.3", nil},
		{"both.test", false, true, "2001:db8::3", nil},
		{"alias.test", true, false, "192.0.2.1", nil},
		{"big.test", true, false, "192.0.2.9", nil},
		{"empty.test", true, true, "", nil},
		{"none.test", true, true, "", ErrNoDomain},
		{"broken.test", true, false, "", ErrNoServer},
		{"a..test", true, false, "", ErrName},
		{strings.Repeat("x", 64) + ".test", true, false, "", ErrName},
		{strings.Repeat("x.", 127) + "test", true, false, "", ErrName},
	} {
		ips, err := r.Addresses(c.name, c.v4, c.v6, time.Time{})
		var words []string
		for _, ip := range ips {
			words = append(words, ip.String())
		}
		if got := strings.Join(words, " "); got != c.want || err != c.err && !strings.Contains(err.Error(), c.err.Error()) {
			t.Errorf("%s: %q, error %v, want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
}

func TestNames(t *testing.T) {
	r := &Resolver{Servers: []netip.AddrPort{example.serve(t)}, Hosts: parseHosts("192.0.2.8 eight # nine\n::8 v6\n")}
	for ip, want := range map[string]string{"192.0.2.1": "a.test. b.test.", "2001:db8::1": "six.test.", "192.0.2.8": "eight."} {
		names, err := r.Names(netip.MustParseAddr(ip), time.Time{})
		if got := strings.Join(names, " "); got != want || err != nil {
			t.Errorf("%s: %q, error %v, want %q", ip, got, err, want)
		}
	}
	if _, err := r.Names(netip.MustParseAddr("192.0.2.99"), time.Time{}); err != ErrNoDomain {
		t.Errorf("an address without a name: error %v", err)
	}
}

// A server that is not there makes room for the next; one that says nothing is given up at the deadline.
func TestServersThatDontAnswer(t *testing.T) {
	gone, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	absent := netip.MustParseAddrPort(gone.LocalAddr().String())
	gone.Close()
	r := &Resolver{Servers: []netip.AddrPort{absent, example.serve(t)}}
	if ips, err := r.Addresses("a.test", true, false, time.Time{}); len(ips) != 2 || err != nil {
		t.Errorf("second server: %v, error %v", ips, err)
	}
	r.Servers = r.Servers[:1]
	if _, err := r.Addresses("a.test", true, false, time.Time{}); err != ErrNoServer {
		t.Errorf("no server: error %v", err)
	}
	mute, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	r.Servers[0] = netip.MustParseAddrPort(mute.LocalAddr().String())
	if _, err := r.Addresses("a.test", true, false, time.Now().Add(10*time.Millisecond)); err != ErrTimeout {
		t.Errorf("mute server: error %v", err)
	}
}

func TestConfig(t *testing.T) {
	r := parseConfig("# comment\nnameserver 192.0.2.53\nnameserver ::1 # two\nnameserver x\ndomain d.test\nsearch a.test b.test\noptions x\n")
	if want := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.53:53"), netip.MustParseAddrPort("[::1]:53")}; !reflect.DeepEqual(r.Servers, want) {
		t.Errorf("servers %v", r.Servers)
	}
	for name, want := range map[string]string{"h": "h.a.test h.b.test h", "h.": "h."} {
		if got := strings.Join(r.Qualified(name), " "); got != want {
			t.Errorf("%s qualified: %q, want %q", name, got, want)
		}
	}
	hosts := parseHosts("127.0.0.1 localhost one\n::1 localhost\n192.0.2.1\nx y\n")
	if ips := hosts.Addresses("LOCALHOST."); len(ips) != 2 {
		t.Errorf("localhost in hosts: %v", ips)
	}
}

// Whatever a server sends, parse comes back, and with records that are within the message.
func FuzzParse(f *testing.F) {
	q, _ := query(7, "a.test", A)
	f.Add(example.answer(q, false))
	f.Add(append(example.answer(q, false), 0xc0, 0xc0))
	f.Fuzz(func(t *testing.T, msg []byte) {
		r, ok, err := parse(msg, q)
		if !ok || err != nil {
			return
		}
		for _, rec := range r.records {
			_ = msg[rec.data:rec.end]
			name(msg, rec.data)
		}
	})
}
