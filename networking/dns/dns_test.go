package dns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"reflect"
	"slices"
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

// nobody is a port at which nobody is, and mute one that says nothing.
func nobody(t *testing.T) inet.AddrPort {
	conn, address := mute(t)
	conn.Close()
	return address
}

func mute(t *testing.T) (net.PacketConn, inet.AddrPort) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, endpoint(conn.LocalAddr().String())
}

// A server that is not there, or can't, makes room for the next; one that says nothing is given up at the deadline.
func TestServersThatDontAnswer(t *testing.T) {
	absent, good, broken := nobody(t), serve(t, example), serve(t, "a.test. !rcode 5\n")
	for _, servers := range [][]inet.AddrPort{{absent, good}, {broken, good}, {broken, absent, good}} {
		r := &Resolver{Servers: servers}
		if ips, err := r.Addresses("a.test", true, false, false, time.Time{}); len(ips) != 2 || err != nil {
			t.Errorf("%v: %v, error %v", servers, ips, err)
		}
	}
	for _, servers := range [][]inet.AddrPort{{absent}, {}, {absent, broken}} {
		r := &Resolver{Servers: servers}
		if _, err := r.Addresses("a.test", true, false, false, time.Time{}); err != ErrNoServer {
			t.Errorf("%v: error %v", servers, err)
		}
	}
	_, quiet := mute(t)
	r := &Resolver{Servers: []inet.AddrPort{quiet}}
	if _, err := r.Addresses("a.test", true, false, false, time.Now().Add(10*time.Millisecond)); err != ErrTimeout {
		t.Errorf("mute server: error %v", err)
	}
}

// Somebody who sends answers without end, with a wrong number each, does not keep a query from its deadline.
func TestFlood(t *testing.T) {
	conn, address := mute(t)
	go func() {
		buf := make([]byte, 512)
		n, from, err := conn.ReadFrom(buf)
		buf[0], buf[2] = ^buf[0], buf[2]|0x80
		for err == nil {
			_, err = conn.WriteTo(buf[:n], from)
		}
	}()
	r := &Resolver{Servers: []inet.AddrPort{address}}
	if _, err := r.Ask("a.test", A, time.Now().Add(50*time.Millisecond)); err != ErrTimeout {
		t.Errorf("error %v", err)
	}
}

// The rounds, with the time of each cut short.
func TestRounds(t *testing.T) {
	_, quiet := mute(t)
	q, err := Start([]inet.AddrPort{quiet, serve(t, "late.test. A 192.0.2.1\nlate.test. !drop1\n"), nobody(t)}, "late.test", A, false, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var sent []inet.Addr
	var pending int
	q.Trace = func(e Event) {
		if e.What == Sent {
			sent = append(sent, e.Server)
			if pending++; pending <= 2 {
				q.until = time.Now() // two servers say nothing in the first round
			}
			if pending == 4 {
				q.until = time.Now() // the first says nothing in the second one
			}
		}
	}
	answer, err := q.Wait()
	if err != nil || len(sent) != 5 {
		t.Fatalf("asked %d times, error %v", len(sent), err)
	}
	if records, err := answer.Answers(A); len(records) != 1 || err != nil {
		t.Errorf("%v, error %v", records, err)
	}
	q, _ = Start([]inet.AddrPort{quiet}, "late.test", A, true, time.Time{})
	rounds := 0
	q.Trace = func(e Event) {
		if e.What == Sent {
			rounds, q.until = rounds+1, time.Now()
		}
	}
	if _, err := q.Wait(); err != ErrNoServer || rounds != len(patience)-1 {
		t.Errorf("a cache that says nothing was asked %d times, error %v", rounds, err)
	}
}

// Every query has a number of its own, to every server.
func TestNumbers(t *testing.T) {
	seen := map[uint16]bool{}
	q, _ := Start([]inet.AddrPort{nobody(t), nobody(t), nobody(t), nobody(t)}, "a.test", A, true, time.Time{})
	q.Trace = func(e Event) {
		if e.What == Sending {
			seen[e.Message.ID()] = true
		}
	}
	if _, err := q.Wait(); err != ErrNoServer || len(seen) < 3 {
		t.Errorf("numbers %v, error %v", seen, err)
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
			if full, err := Full(words[1]); err == nil && !strings.Contains(words[1], "..") && words[1][0] != '.' && !slices.Contains(h.Addresses(full, true, true), ip) {
				t.Errorf("%q: addresses of %s are %v", text, full, h.Addresses(full, true, true))
			}
		}
		CompileHosts(text)
		parseConfig(text)
	})
}

// Names that don't end, or not within the message.
func TestHostileNames(t *testing.T) {
	header := []byte{0, 0, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0}
	for name, raw := range map[string][]byte{
		"points at itself":     {0xc0, 12},
		"points at each other": {0xc0, 14, 0xc0, 12},
		"grows":                {1, 'a', 0xc0, 12},
		"points outside":       {0xff, 0xff},
		"half a pointer":       {0xc0},
		"a label without end":  {63, 'a'},
		"reserved label":       {0x80, 'a', 0},
		"nothing":              {},
		"no end":               {1, 'a'},
	} {
		msg := Message(append(bytes.Clone(header), raw...))
		if err := msg.Each(func(Record) error { return nil }); err != ErrFormat {
			t.Errorf("%s: error %v", name, err)
		}
	}
	longest := append(bytes.Clone(header), strings.Repeat("\x01a", 127)+"\x00"...)
	if name, _, err := readName(longest, headerSize); err != nil || len(name) != 254 {
		t.Errorf("the longest name: %d bytes, error %v", len(name), err)
	}
}

// A message full of records, the name of each by way of as many jumps as there may be; one jump more is too many.
func TestManyJumps(t *testing.T) {
	const jumps = maxName / 2
	fixed := []byte{0, 99, 0, 1, 0, 0, 0, 0, 0, 0}
	for more, want := range []error{nil, ErrFormat} {
		msg := Message{0, 0, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'a', 0}
		msg = append(msg, fixed...)
		chain := jumps - 1 + more // those in the data of the first record
		msg[len(msg)-1] = byte(2 * chain)
		at := headerSize
		for range chain {
			at, msg = len(msg), append(msg, 0xc0|byte(at>>8), byte(at))
		}
		n := 1
		for ; len(msg)+2+len(fixed) <= 65535; n++ {
			msg = append(append(msg, 0xc0|byte(at>>8), byte(at)), fixed...)
		}
		binary.BigEndian.PutUint16(msg[6:], uint16(n))
		read := 0
		err := msg.Each(func(r Record) error {
			if read++; r.Name != "a." {
				t.Fatalf("name %q", r.Name)
			}
			return nil
		})
		if err != want || err == nil && read != n {
			t.Errorf("%d jumps: %d of %d records, error %v", chain+1, read, n, err)
		}
	}
}

func TestEncoded(t *testing.T) {
	for text, want := range map[string]bool{
		"\x00": true, "\x01a\x04test\x00": true, "": false, "\x01a": false, "\x01": false, "\x01a\x00x": false, "\xc0\x00": false, "a.test": false,
		strings.Repeat("\x01a", 127) + "\x00": true, strings.Repeat("\x01a", 128) + "\x00": false, "\x40" + strings.Repeat("a", 64) + "\x00": false,
	} {
		if Encoded([]byte(text)) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// Whatever a server sends, it is read or refused, and what is read is within the message.
func FuzzMessage(f *testing.F) {
	zone, err := dnstest.Parse(example + strings.Repeat("names.test. TXT \"a\" \"b\"\n", 3) +
		"names.test. SOA a.test. b.test. 1 2 3 4 5\nnames.test. SRV 1 2 3 a.test.\nnames.test. CAA 0 issue x\nnames.test. HINFO a b\n")
	if err != nil {
		f.Fatal(err)
	}
	server := dnstest.New(zone)
	for _, name := range []string{"names.test", "a.test", "short.test", "shorter.test"} {
		encoded, _ := Encode(name)
		f.Add([]byte(server.Answer(newQuery(7, encoded, 255, true))))
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		stop := errors.New("stop")
		n := 0
		err := Message(msg).Each(func(r Record) error {
			if n++; n > len(msg) {
				return stop
			}
			if r.Section != Question {
				r.Text()
				r.IP()
			}
			return nil
		})
		if err != nil && err != ErrFormat {
			t.Error(err)
		}
		out, err := Message(msg).Show(nil, true)
		if err == nil && len(out) > 1<<20+2048*len(msg) {
			t.Errorf("%d bytes make %d", len(msg), len(out))
		}
		if len(msg) >= headerSize {
			Message(msg).answers(newQuery(Message(msg).ID(), []byte("\x01a\x04test\x00"), A, true))
		}
	})
}
