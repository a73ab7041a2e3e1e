package lex

import "bytes"

// end is the Kind behind the last token.
const end Kind = 255

type scanner struct {
	src  []byte
	off  int    // where the next token is looked for
	text []byte // the text of the last token, valid up to the next one
	buf  []byte // holds text where it differs from its spelling
}

// next finds the next token, its spelling being src[off:s.off].
func (s *scanner) next() (kind Kind, off int, err error) {
	s.skipBlank()
	if s.off == len(s.src) {
		return end, s.off, nil
	}
	off = s.off
	if s.src[off] == '#' {
		s.off = len(s.src)
		if n := bytes.IndexByte(s.src[off:], '\n'); n >= 0 {
			s.off = off + n
		}
		s.text = s.src[off:s.off]
		return Comment, off, nil
	}
	for s.off < len(s.src) && class[s.src[s.off]] == plain {
		s.off++
	}
	s.text = s.src[off:s.off]
	if s.off == len(s.src) || class[s.src[s.off]] == blank || s.continued() {
		switch string(s.text) {
		case "{":
			return Open, off, nil
		case "}":
			return Close, off, nil
		}
	}
	return Word, off, s.quoted(off)
}

// continued tells whether a backslash comes next that is the last of its line or of the script.
func (s *scanner) continued() bool {
	return s.off < len(s.src) && s.src[s.off] == '\\' && (s.off+1 == len(s.src) || s.src[s.off+1] == '\n')
}

// skipBlank skips what is between words: blanks, and a backslash that is the last of its line or of the script.
func (s *scanner) skipBlank() {
	for s.off < len(s.src) && (class[s.src[s.off]] == blank || s.continued()) {
		s.off++
	}
}

// quoted reads on a word that began at off, where a quote or backslash is in it.
func (s *scanner) quoted(off int) error {
	if s.off == len(s.src) || class[s.src[s.off]] == blank {
		return nil
	}
	s.buf = append(s.buf[:0], s.text...)
	for s.off < len(s.src) {
		c := s.src[s.off]
		switch class[c] {
		case blank:
			s.text = s.buf
			return nil
		case backslash:
			if s.off+1 == len(s.src) {
				return newError(s.src, s.off, "syntax error", "nothing follows the backslash that ends "+s.spelling(off))
			}
			s.buf = append(s.buf, s.src[s.off+1])
			s.off += 2
		case quote:
			if err := s.string(); err != nil {
				return err
			}
		default:
			s.buf = append(s.buf, c)
			s.off++
		}
	}
	s.text = s.buf
	return nil
}

// string reads a quoted string on to its closing quote.
func (s *scanner) string() error {
	start := s.off
	s.off++
	for s.off < len(s.src) {
		c := s.src[s.off]
		s.off++
		switch c {
		case '"':
			return nil
		case '\\':
			if s.off == len(s.src) {
				continue
			}
			numeric, err := s.escape()
			if err != nil {
				return err
			}
			if numeric && s.off == len(s.src) {
				return nil // the end of the script closes a string behind a number, as it always did
			}
		default:
			s.buf = append(s.buf, c)
		}
	}
	err := newError(s.src, start, "syntax error", "no end to the string "+s.spelling(start))
	err.Open = true
	return err
}

// escape reads what follows a backslash in a quoted string.
func (s *scanner) escape() (numeric bool, err error) {
	c := s.src[s.off]
	if '0' <= c && c <= '9' {
		return true, s.number()
	}
	s.off++
	switch c {
	case '\n':
		return false, nil
	case 'a':
		c = '\a'
	case 'b':
		c = '\b'
	case 't':
		c = '\t'
	case 'n':
		c = '\n'
	case 'v':
		c = '\v'
	case 'f':
		c = '\f'
	case 'r':
		c = '\r'
	}
	s.buf = append(s.buf, c)
	return false, nil
}

// number reads the byte of \0xab, \0abc or \abc from the first digit on.
func (s *scanner) number() error {
	start := s.off - 1
	base, most, digits := 10, 3, 0
	if s.src[s.off] == '0' {
		s.off++
		base = 8
		if s.off < len(s.src) && s.src[s.off] == 'x' {
			s.off++
			base, most = 16, 2
		}
	}
	value := 0
	for ; digits < most && s.off < len(s.src); digits++ {
		d := digit(s.src[s.off])
		if d >= base {
			break
		}
		value = value*base + d
		s.off++
	}
	if digits == 0 || value == 0 || value > 255 {
		return newError(s.src, start, "syntax error", "not the number of a byte from 1 to 255: "+string(s.src[start:s.off]))
	}
	s.buf = append(s.buf, byte(value))
	return nil
}

func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}

// What a byte is outside quotes.
const (
	plain = iota
	blank
	quote
	backslash
)

var class = [256]byte{
	0: blank, 1: blank, 2: blank, 3: blank, 4: blank, 5: blank, 6: blank, 7: blank, 8: blank, 9: blank, 10: blank,
	11: blank, 12: blank, 13: blank, 14: blank, 15: blank, 16: blank, 17: blank, 18: blank, 19: blank, 20: blank,
	21: blank, 22: blank, 23: blank, 24: blank, 25: blank, 26: blank, 27: blank, 28: blank, 29: blank, 30: blank,
	31: blank, ' ': blank, '"': quote, '\\': backslash,
}
