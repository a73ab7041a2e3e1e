package dns

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"s6box/internal/inet"
	"s6box/internal/quoting"
)

// kinds are the types that have a name, and the parts of their data where those are known: 1, 2 and 4 are numbers of so
// many bytes, d is a domain name, s a string with its length before it, r the rest of the data, t all of it as strings, 6
// all of it as an address.
var kinds = [...]struct {
	Type
	name  string
	parts string
}{
	{A, "A", "6"}, {NS, "NS", "d"}, {CNAME, "CNAME", "d"}, {SOA, "SOA", "dd44444"}, {PTR, "PTR", "d"}, {HINFO, "HINFO", "ss"},
	{MX, "MX", "2d"}, {TXT, "TXT", "t"}, {AAAA, "AAAA", "6"}, {SRV, "SRV", "222d"}, {CAA, "CAA", "1sr"},
	{17, "RP", ""}, {24, "SIG", ""}, {25, "KEY", ""}, {252, "AXFR", ""}, {255, "ANY", ""},
}

// ParseType reads the name of a type, in any case, or its number, which is not 0.
func ParseType(word string) (t Type, ok bool) {
	for _, k := range kinds {
		if strings.EqualFold(word, k.name) {
			return k.Type, true
		}
	}
	n, err := strconv.ParseUint(word, 10, 16)
	return Type(n), err == nil && n > 0
}

// kind is the name of a type and the parts of its data; "" for one whose data is not known.
func (t Type) kind() (name, parts string) {
	for _, k := range kinds {
		if k.Type == t && k.parts != "" {
			return k.name, k.parts
		}
	}
	return "", ""
}

// IP is the address in the data of an A or AAAA record; not ok if that has another length.
func (r Record) IP() (ip inet.Addr, ok bool) {
	ip, ok = inet.AddrOf(r.msg[r.at:r.end])
	return ip, ok && ip.Is4() == (r.Type == A)
}

// Text is the data as the commands print it: its parts with blanks between them. A string is as it is, and that of a
// TXT record quoted. What is of no type known here is its hexadecimal digits. The error is ErrFormat.
func (r Record) Text() (string, error) {
	_, parts := r.Type.kind()
	if parts == "" {
		return fmt.Sprintf("%x", r.msg[r.at:r.end]), nil
	}
	var words []string
	at := r.at
	for i := range len(parts) {
		word, next, err := r.part(parts[i], at)
		if err != nil || next > r.end {
			return "", ErrFormat
		}
		words, at = append(words, word), next
	}
	if at != r.end {
		return "", ErrFormat
	}
	return strings.Join(words, " "), nil
}

// part reads a part of the data, and returns where it ends: behind the end of the data if there is not enough of it.
func (r Record) part(form byte, at int) (text string, next int, err error) {
	data := r.msg[at:r.end]
	switch form {
	case 'd':
		return readName(r.msg, at)
	case '6':
		ip, ok := r.IP()
		if !ok {
			return "", 0, ErrFormat
		}
		return ip.String(), r.end, nil
	case 't':
		text, err := joined(data)
		return text, r.end, err
	case 'r':
		return string(data), r.end, nil
	case 's':
		text, err := characterString(data)
		return text, at + 1 + len(text), err
	}
	size := int(form - '0')
	if len(data) < size {
		return "", 0, ErrFormat
	}
	var number [4]byte
	copy(number[4-size:], data)
	return strconv.FormatUint(uint64(binary.BigEndian.Uint32(number[:])), 10), at + size, nil
}

// characterString is the string at the start of data.
func characterString(data []byte) (string, error) {
	if len(data) == 0 || len(data) < 1+int(data[0]) {
		return "", ErrFormat
	}
	return string(data[1 : 1+int(data[0])]), nil
}

// joined are the strings of a TXT record put together and quoted.
func joined(data []byte) (string, error) {
	var all []byte
	for len(data) > 0 {
		one, err := characterString(data)
		if err != nil {
			return "", err
		}
		all, data = append(all, one...), data[1+len(one):]
	}
	out, err := quoting.Append(nil, all, `"`, false)
	return string(out), err
}
