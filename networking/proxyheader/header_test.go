package proxyheader

import (
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"s6box/internal/inet"
)

func endpoints(remote, local string) Header {
	h := Header{Proto: "TCP"}
	var ok, ok2 bool
	h.Remote, ok = inet.ParseAddrPort(remote)
	h.Local, ok2 = inet.ParseAddrPort(local)
	if !ok || !ok2 {
		panic(remote + " " + local)
	}
	return h
}

func block(command, kind byte, parts ...string) string {
	body := strings.Join(parts, "")
	return signature + string(binary.BigEndian.AppendUint16([]byte{command, kind}, uint16(len(body)))) + body
}

func field(kind byte, value string) string {
	return string(binary.BigEndian.AppendUint16([]byte{kind}, uint16(len(value)))) + value
}

const (
	ends4 = "\xc0\x00\x02\x01\xc0\x00\x02\x02\x04\xd2\x00\x50"
	ends6 = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" + "\x00\x01\x00\x02"
)

func TestRead(t *testing.T) {
	paths := "/src" + strings.Repeat("\x00", 104) + strings.Repeat("d", 108)
	tls := endpoints("192.0.2.1:1234", "192.0.2.2:80")
	tls.TLSVersion, tls.CommonName, tls.Cipher, tls.ServerName = "TLSv1.3", "client", "AES", "sni.test"
	probe := endpoints("192.0.2.1:1234", "192.0.2.2:80")
	probe.LocalFamily = 1
	tlsFields := field(0x21, "TLSv1.3") + field(0x22, "client") + field(0x23, "AES") + field(0x24, "SHA")
	for _, c := range []struct {
		text string
		want Header
		err  string
	}{
		{text: "PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\n", want: endpoints("192.0.2.1:1234", "192.0.2.2:80")},
		{text: "PROXY TCP6 2001:db8::1 ::1 1 2\r\n", want: endpoints("[2001:db8::1]:1", "[::1]:2")},
		{text: "PROXY UNKNOWN\r\n"},
		{text: "PROXY UNKNOWN " + strings.Repeat("x", 91) + "\r\n"},
		{text: "PROXY UNKNOWN " + strings.Repeat("x", 92) + "\r\n", err: "PROXY line too long"},
		{text: "PROXY UNKNOWNX\r\n", err: "invalid protocol in PROXY line"},
		{text: "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n", err: "invalid protocol in PROXY line"},
		{text: "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", err: "invalid PROXY line"},
		{text: "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n", err: "invalid PROXY line"},
		{text: "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", err: "invalid PROXY line"},
		{text: "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", err: "invalid PROXY line"},
		{text: "PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n", err: "invalid remote ip in PROXY line"},
		{text: "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", err: "invalid remote ip in PROXY line"},
		{text: "PROXY TCP4 1.2.3.4 ::1 1 2\r\n", err: "invalid local ip in PROXY line"},
		{text: "GET / HTTP/1.0\r\n\r\n", err: "invalid magic"},
		{text: "PROXY", err: "read from stdin: unexpected EOF"},
		{text: "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r", err: "read from stdin: EOF"},

		{text: block(0x21, 0x11, ends4), want: endpoints("192.0.2.1:1234", "192.0.2.2:80")},
		{text: block(0x21, 0x21, ends6), want: endpoints("[2001:db8::1]:1", "[::1]:2")},
		{text: block(0x21, 0x31, paths), want: Header{Proto: "IPC", RemotePath: "/src", LocalPath: strings.Repeat("d", 108)}},
		{text: block(0x21, 0x11, ends4, field(4, "padding"), field(2, "sni.test"), field(0x20, "\x01\x00\x00\x00\x00"+tlsFields)), want: tls},
		{text: block(0x21, 0x11, ends4, field(0x20, "\x00\x00\x00\x00\x01"+tlsFields)), want: endpoints("192.0.2.1:1234", "192.0.2.2:80")},
		{text: block(0x20, 0)},
		{text: block(0x20, 0x11, ends4), want: probe},
		{text: block(0x21, 0, "ignored")},
		{text: block(0x11, 0x11, ends4), err: "invalid version"},
		{text: block(0x22, 0x11, ends4), err: "invalid command"},
		{text: block(0x21, 0x41, ends4), err: "invalid family"},
		{text: block(0x21, 0x13, ends4), err: "invalid transport protocol"},
		{text: block(0x21, 0x12, ends4), err: "unsupported transport protocol: datagram"},
		{text: block(0x21, 0x11, ends4[:11]), err: "invalid address length"},
		{text: block(0x21, 0x31, paths[:215]), err: "invalid address length"},
		{text: block(0x21, 0x11, ends4, "\x02"), err: "invalid TLV encoding in extension"},
		{text: block(0x21, 0x11, ends4, "\x02\x00\x09abc"), err: "invalid TLV encoding in extension"},
		{text: block(0x21, 0x11, ends4, field(0x20, "\x01")), err: "invalid sub-TLV encoding in SSL extension"},
		{text: block(0x21, 0x11, ends4, field(0x20, "\x01\x00\x00\x00\x00\x21\x00\x09")), err: "invalid TLV encoding in sub-extension"},
		{text: block(0x21, 0x11, ends4)[:20], err: "read address block: unexpected EOF"},
		{text: signature + "\x21\x11", err: "read from stdin: unexpected EOF"},
	} {
		r := strings.NewReader(c.text + "rest")
		if strings.HasPrefix(c.err, "read") {
			r = strings.NewReader(c.text)
		}
		h, err := Read(r, true, true)
		if c.err != "" {
			if err == nil || !strings.HasPrefix(err.Error(), strings.TrimSuffix(c.err, "unexpected EOF")) {
				t.Errorf("%q: %+v, error %v, want %s", c.text, h, err, c.err)
			}
			continue
		}
		rest, _ := io.ReadAll(r)
		if err != nil || !reflect.DeepEqual(h, c.want) || string(rest) != "rest" {
			t.Errorf("%q: %+v, error %v, want %+v; %q is left", c.text, h, err, c.want, rest)
		}
	}
}

func TestVersions(t *testing.T) {
	var syntax *SyntaxError
	if _, err := Read(strings.NewReader("PROXY UNKNOWN\r\n"), false, true); !errors.As(err, &syntax) {
		t.Errorf("version 1 where only 2 is welcome: error %v", err)
	}
	if _, err := Read(strings.NewReader(block(0x20, 0)), true, false); !errors.As(err, &syntax) {
		t.Errorf("version 2 where only 1 is welcome: error %v", err)
	}
}

// Whatever is sent, Read ends in a header or an error.
func FuzzRead(f *testing.F) {
	f.Add([]byte("PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\n"))
	f.Add([]byte(block(0x21, 0x11, ends4, field(2, "sni"), field(0x20, "\x01\x00\x00\x00\x00"+field(0x21, "x")))))
	f.Fuzz(func(t *testing.T, text []byte) { Read(strings.NewReader(string(text)), true, true) })
}
