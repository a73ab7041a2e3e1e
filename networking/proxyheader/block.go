package proxyheader

import (
	"encoding/binary"

	"s6box/internal/inet"
)

// Families and transports of version 2.
const (
	unspec = iota
	ipv4
	ipv6
	local
)

const (
	stream   = 1
	datagram = 2
)

// parseBlock reads what follows the signature of version 2: version and command, family and transport, and the rest.
func parseBlock(command, kind byte, block []byte) (h Header, err error) {
	family, transport := kind>>4, kind&15
	switch {
	case command>>4 != 2:
		return h, &SyntaxError{"invalid version"}
	case command&15 > 1:
		return h, &SyntaxError{"invalid command"}
	case command&15 == 0:
		h.LocalFamily = family
	}
	switch {
	case family > local:
		return h, &SyntaxError{"invalid family"}
	case transport > datagram:
		return h, &SyntaxError{"invalid transport protocol"}
	case transport == datagram:
		return h, DatagramError{}
	case family == unspec || transport != stream:
		return h, nil
	}
	rest, ok := h.addresses(family, block)
	if !ok {
		return h, &SyntaxError{"invalid address length"}
	}
	return h, eachField(rest, "extension", h.extension)
}

// addresses takes the addresses off the block.
func (h *Header) addresses(family byte, block []byte) (rest []byte, ok bool) {
	const ports = 4
	size := map[byte]int{ipv4: 4, ipv6: 16, local: 108}[family]
	if family == local {
		if len(block) < 2*size {
			return nil, false
		}
		h.Proto, h.RemotePath, h.LocalPath = "IPC", cString(block[:size]), cString(block[size:2*size])
		return block[2*size:], true
	}
	if len(block) < 2*size+ports {
		return nil, false
	}
	remote, _ := inet.AddrOf(block[:size])
	here, _ := inet.AddrOf(block[size : 2*size])
	h.Proto = "TCP"
	h.Remote = inet.AddrPort{Addr: remote, Port: binary.BigEndian.Uint16(block[2*size:])}
	h.Local = inet.AddrPort{Addr: here, Port: binary.BigEndian.Uint16(block[2*size+2:])}
	return block[2*size+ports:], true
}

// eachField goes through fields that have a type, a length and a value.
func eachField(data []byte, where string, f func(kind byte, value []byte) error) error {
	const head = 3
	for len(data) > 0 {
		if len(data) < head || len(data)-head < int(binary.BigEndian.Uint16(data[1:])) {
			return &SyntaxError{"invalid TLV encoding in " + where}
		}
		end := head + int(binary.BigEndian.Uint16(data[1:]))
		if err := f(data[0], data[head:end]); err != nil {
			return err
		}
		data = data[end:]
	}
	return nil
}

func (h *Header) extension(kind byte, value []byte) error {
	const (
		authority, tls = 0x02, 0x20
		flags          = 5 // bytes in front of the fields about TLS
		overTLS        = 1 // in the first of them
	)
	switch kind {
	case authority:
		h.ServerName = cString(value)
	case tls:
		if len(value) < flags {
			return &SyntaxError{"invalid sub-TLV encoding in SSL extension"}
		}
		if value[0]&overTLS == 0 {
			return nil
		}
		return eachField(value[flags:], "sub-extension", h.tlsField)
	}
	return nil
}

func (h *Header) tlsField(kind byte, value []byte) error {
	const version, commonName, cipher = 0x21, 0x22, 0x23
	switch kind {
	case version:
		h.TLSVersion = cString(value)
	case commonName:
		h.CommonName = cString(value)
	case cipher:
		h.Cipher = cString(value)
	}
	return nil
}
