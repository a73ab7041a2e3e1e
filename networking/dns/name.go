package dns

import (
	"errors"
	"strings"
)

const (
	maxLabel = 63
	maxName  = 255 // with its lengths
)

// ErrName is a name that can't be asked for.
var ErrName = errors.New("domain name too long")

// full returns a name with one dot at its end and between its labels, in small letters; that of the root is a dot. A
// label is what is between dots: there is no escape. The error is ErrName.
func full(name string) (string, error) {
	msg, err := Encode(name)
	if err != nil {
		return "", err
	}
	name, _, err = readName(msg, 0)
	return name, err
}

// Encode returns a name as messages have it, in small letters. The error is ErrName.
func Encode(name string) (msg []byte, err error) {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" {
			continue
		}
		if len(label) > maxLabel {
			return nil, ErrName
		}
		msg = append(append(msg, byte(len(label))), lower([]byte(label))...)
	}
	if msg = append(msg, 0); len(msg) > maxName {
		return nil, ErrName
	}
	return msg, nil
}

// Encoded tells whether a name is one that Encode can return, but for its letters.
func Encoded(name []byte) bool {
	at := 0
	for at < len(name) && name[at] > 0 && name[at] <= maxLabel {
		at += 1 + int(name[at])
	}
	return len(name) <= maxName && at == len(name)-1 && name[at] == 0
}

// lower makes the ASCII letters of a text small ones.
func lower(text []byte) []byte {
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			text[i] = c + 'a' - 'A'
		}
	}
	return text
}

// readName reads the name at a place in a message, and returns it as full does and where it ends. Compressed names
// must not take more jumps than a name can have labels.
func readName(msg []byte, at int) (name string, end int, err error) {
	var out []byte
	for jumps := 0; at < len(msg); {
		n := int(msg[at])
		switch {
		case n == 0:
			if jumps == 0 {
				end = at + 1
			}
			if len(out) == 0 {
				return ".", end, nil
			}
			return string(lower(out)), end, nil
		case n >= 0xc0:
			if at+1 >= len(msg) || jumps == maxName/2 {
				return "", 0, ErrFormat
			}
			if jumps == 0 {
				end = at + 2
			}
			jumps++
			at = (n&0x3f)<<8 | int(msg[at+1])
		default:
			if n > maxLabel || at+1+n > len(msg) || len(out)+n+2 > maxName {
				return "", 0, ErrFormat
			}
			out = append(append(out, msg[at+1:at+1+n]...), '.')
			at += 1 + n
		}
	}
	return "", 0, ErrFormat
}
