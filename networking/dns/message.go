// Package dns asks caching name servers. It follows RFC 1035; which servers it asks, and how names are
// qualified, is on the page libs6dns/s6dns-rci.
package dns

import (
	"encoding/binary"
	"errors"
	"strings"
)

// Type is the type of a resource record.
type Type uint16

const (
	A    Type = 1
	PTR  Type = 12
	AAAA Type = 28
)

const (
	classIN    = 1
	headerSize = 12
	maxLabel   = 63
	maxName    = 255 // with its lengths
)

// ErrName is a name that can't be asked for.
var ErrName = errors.New("invalid domain name")

var errFormat = errors.New("malformed answer")

// query makes the message that asks, recursively, for the records of name.
func query(id uint16, name string, t Type) ([]byte, error) {
	msg := binary.BigEndian.AppendUint16(nil, id)
	msg = append(msg, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0) // recursion desired; one question
	msg, err := appendName(msg, name)
	if err != nil {
		return nil, err
	}
	msg = binary.BigEndian.AppendUint16(msg, uint16(t))
	return binary.BigEndian.AppendUint16(msg, classIN), nil
}

func appendName(msg []byte, name string) ([]byte, error) {
	start := len(msg)
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > maxLabel {
			return nil, ErrName
		}
		msg = append(append(msg, byte(len(label))), label...)
	}
	if msg = append(msg, 0); len(msg)-start > maxName {
		return nil, ErrName
	}
	return msg, nil
}

// response is an answer to a query.
type response struct {
	truncated bool
	code      int
	records   []record
}

// record is a resource record; its data is in the message from data on.
type record struct {
	kind      Type
	data, end int
}

// parse reads the answer to a query; ok is false for anything else, which somebody may have made up.
func parse(msg, query []byte) (r response, ok bool, err error) {
	question := query[headerSize:]
	if len(msg) < headerSize || msg[0] != query[0] || msg[1] != query[1] || msg[2]&0xf8 != 0x80 {
		return r, false, nil
	}
	r.truncated, r.code = msg[2]&2 != 0, int(msg[3]&15)
	if binary.BigEndian.Uint16(msg[4:]) != 1 || len(msg) < len(query) || !strings.EqualFold(string(msg[headerSize:len(query)]), string(question)) {
		return r, false, nil
	}
	at := len(query)
	for range binary.BigEndian.Uint16(msg[6:]) {
		if at, err = skipName(msg, at); err != nil {
			return r, true, err
		}
		const fixed = 10
		if len(msg) < at+fixed {
			return r, true, errFormat
		}
		kind, class := binary.BigEndian.Uint16(msg[at:]), binary.BigEndian.Uint16(msg[at+2:])
		data := at + fixed
		at = data + int(binary.BigEndian.Uint16(msg[at+8:]))
		if len(msg) < at {
			return r, true, errFormat
		}
		if class == classIN {
			r.records = append(r.records, record{Type(kind), data, at})
		}
	}
	return r, true, nil
}

// skipName returns where the name at a place in the message ends.
func skipName(msg []byte, at int) (int, error) {
	for at < len(msg) {
		switch n := int(msg[at]); {
		case n == 0:
			return at + 1, nil
		case n >= 0xc0:
			return at + 2, nil
		default:
			at += 1 + n
		}
	}
	return 0, errFormat
}

// name reads the name at a place in the message, with a dot at its end.
func name(msg []byte, at int) (string, error) {
	var out strings.Builder
	for jumps := 0; at < len(msg); {
		n := int(msg[at])
		switch {
		case n == 0:
			if out.Len() == 0 {
				return ".", nil
			}
			return out.String(), nil
		case n >= 0xc0:
			jumps++
			if at+1 >= len(msg) || jumps > maxName {
				return "", errFormat
			}
			at = (n&0x3f)<<8 | int(msg[at+1])
		default:
			if n > maxLabel || at+1+n > len(msg) || out.Len()+n >= maxName {
				return "", errFormat
			}
			out.Write(msg[at+1 : at+1+n])
			out.WriteByte('.')
			at += 1 + n
		}
	}
	return "", errFormat
}
