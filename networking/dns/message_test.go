package dns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"s6box/internal/dnstest"
)

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
