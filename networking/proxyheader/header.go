// Package proxyheader reads what a proxy says of the client in front of its connection: the header of the PROXY
// protocol, https://www.haproxy.org/download/3.1/doc/proxy-protocol.txt.
package proxyheader

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"

	"s6box/internal/inet"
)

// Header is what a header tells of a connection. Nothing but its zero value is told of one of the proxy's own.
type Header struct {
	Proto         string // TCP, IPC, or ""
	Remote, Local inet.AddrPort
	RemotePath    string
	LocalPath     string
	// Of a TLS connection of the client with the proxy; "" if it is not told.
	TLSVersion, Cipher, CommonName, ServerName string
	// LocalFamily is the family given for a connection of the proxy's own, which should have none.
	LocalFamily byte
}

// SyntaxError is what is wrong with a header.
type SyntaxError struct{ Msg string }

func (e *SyntaxError) Error() string { return e.Msg }

// DatagramError says that the connection of the header is none.
type DatagramError struct{}

func (DatagramError) Error() string { return "unsupported transport protocol: datagram" }

// ReadError is an error of the reader.
type ReadError struct {
	What string // could not be read
	Err  error
}

func (e *ReadError) Error() string { return "read " + e.What + ": " + e.Err.Error() }
func (e *ReadError) Unwrap() error { return e.Err }

const (
	// shortest is the length of the shortest header: PROXY UNKNOWN and the end of the line.
	shortest    = 15
	longestLine = 107
	magic       = "PROXY "
	signature   = "\r\n\r\n\x00\r\nQUIT\n"
)

// Read reads a header of version 1 or 2, as far as they are welcome, and nothing of what follows it.
func Read(r io.Reader, v1, v2 bool) (Header, error) {
	start := make([]byte, shortest, 64)
	if _, err := io.ReadFull(r, start); err != nil {
		return Header{}, &ReadError{"from stdin", err}
	}
	switch {
	case v1 && strings.HasPrefix(string(start), magic):
		return readLine(r, start)
	case v2 && strings.HasPrefix(string(start), signature):
		return readBlock(r, start)
	}
	return Header{}, &SyntaxError{"invalid magic"}
}

func readLine(r io.Reader, line []byte) (Header, error) {
	for line[len(line)-1] != '\n' {
		if len(line) == longestLine {
			return Header{}, &SyntaxError{"PROXY line too long"}
		}
		var c [1]byte
		if _, err := io.ReadFull(r, c[:]); err != nil {
			return Header{}, &ReadError{"from stdin", err}
		}
		line = append(line, c[0])
	}
	text, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok {
		return Header{}, &SyntaxError{"invalid PROXY line"}
	}
	return parseLine(text[len(magic):])
}

func parseLine(text string) (Header, error) {
	family, rest, _ := strings.Cut(text, " ")
	switch family {
	case "UNKNOWN":
		return Header{}, nil
	case "TCP4", "TCP6":
	default:
		return Header{}, &SyntaxError{"invalid protocol in PROXY line"}
	}
	words := strings.SplitN(rest, " ", 4)
	if len(words) < 4 {
		return Header{}, &SyntaxError{"invalid PROXY line"}
	}
	var ips [2]inet.Addr
	for i, which := range []string{"remote", "local"} {
		ip, ok := inet.ParseAddr(words[i])
		if !ok || ip.Is4() != (family == "TCP4") {
			return Header{}, &SyntaxError{"invalid " + which + " ip in PROXY line"}
		}
		ips[i] = ip
	}
	remote, ok := inet.ParsePort(words[2])
	local, ok2 := inet.ParsePort(words[3])
	if !ok || !ok2 {
		return Header{}, &SyntaxError{"invalid PROXY line"}
	}
	return Header{Proto: "TCP", Remote: inet.AddrPort{Addr: ips[0], Port: remote}, Local: inet.AddrPort{Addr: ips[1], Port: local}}, nil
}

func readBlock(r io.Reader, start []byte) (Header, error) {
	var last [1]byte
	if _, err := io.ReadFull(r, last[:]); err != nil {
		return Header{}, &ReadError{"from stdin", err}
	}
	fixed := append(start, last[0])[len(signature):]
	block := make([]byte, binary.BigEndian.Uint16(fixed[2:]))
	if _, err := io.ReadFull(r, block); err != nil {
		return Header{}, &ReadError{"address block", err}
	}
	return parseBlock(fixed[0], fixed[1], block)
}

func cString(text []byte) string {
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	return string(text)
}
