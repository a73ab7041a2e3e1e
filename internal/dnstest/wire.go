package dnstest

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

const (
	headerSize = 12
	classIN    = 1
)

var types = map[string]uint16{
	"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "CAA": 257, "ANY": 255,
}

// typeOf is the number of a type: TYPE99 has no name.
func typeOf(word string) (uint16, error) {
	if t, ok := types[word]; ok {
		return t, nil
	}
	digits, ok := strings.CutPrefix(word, "TYPE")
	n, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil {
		return 0, fmt.Errorf("no type: %s", word)
	}
	return uint16(n), nil
}

// appendName appends a name, in which \DDD and \. are escapes.
func appendName(msg []byte, name string) []byte {
	label := []byte{}
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '\\' && i+3 < len(name) && name[i+1] >= '0' && name[i+1] <= '9':
			n, _ := strconv.Atoi(name[i+1 : i+4])
			label = append(label, byte(n))
			i += 3
		case c == '\\' && i+1 < len(name):
			i++
			label = append(label, name[i])
		case c == '.':
			if len(label) > 0 {
				msg = append(append(msg, byte(len(label))), label...)
			}
			label = label[:0]
		default:
			label = append(label, c)
		}
	}
	return append(msg, 0)
}

// data is the data of a record: of a type that is not known, hexadecimal digits.
func data(kind string, words []string) (out []byte, err error) {
	number := func(bits int, word string) {
		n, fail := strconv.ParseUint(word, 10, bits)
		if fail != nil {
			err = fail
		}
		if bits == 8 {
			out = append(out, byte(n))
		} else if bits == 16 {
			out = binary.BigEndian.AppendUint16(out, uint16(n))
		} else {
			out = binary.BigEndian.AppendUint32(out, uint32(n))
		}
	}
	least := map[string]int{"SOA": 7, "MX": 2, "SRV": 4, "CAA": 3, "HINFO": 2}[kind]
	if len(words) < max(least, 1) {
		return nil, fmt.Errorf("%s wants more than %q", kind, words)
	}
	switch kind {
	case "A", "AAAA":
		ip, fail := netip.ParseAddr(words[0])
		return ip.AsSlice(), fail
	case "NS", "CNAME", "PTR":
		out = appendName(nil, words[0])
	case "SOA":
		out = appendName(appendName(nil, words[0]), words[1])
		for _, w := range words[2:] {
			number(32, w)
		}
	case "MX":
		number(16, words[0])
		out = appendName(out, words[1])
	case "SRV":
		for _, w := range words[:3] {
			number(16, w)
		}
		out = appendName(out, words[3])
	case "TXT", "HINFO":
		for _, w := range words {
			out = append(append(out, byte(len(w))), w...)
		}
	case "CAA":
		number(8, words[0])
		out = append(append(append(out, byte(len(words[1]))), words[1]...), words[2]...)
	default:
		return hex.DecodeString(strings.TrimPrefix(strings.Join(words, ""), "-"))
	}
	return out, err
}
