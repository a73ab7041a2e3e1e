// Package quoting writes and reads quoted strings, as on the page of s6-quote.
package quoting

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// The letters of escapes and what they stand for. A quoted string never has \s, which stands for a space.
const (
	escapeLetters = "abtnvfrs"
	escapeBytes   = "\a\b\t\n\v\f\r "
)

// quotes tells whether c may enclose a quoted string: it is printable and means nothing after a backslash.
func quotes(c byte) bool {
	return c >= ' ' && c <= '~' && !strings.ContainsRune("0123456789abcdefnrtvx", rune(c))
}

// Append appends text with its dubious bytes escaped, all of delims among them, and enclosed in the first of delims
// unless bare. A delimiter that can't be one is EINVAL.
func Append(out, text []byte, delims string, bare bool) ([]byte, error) {
	for i := range len(delims) {
		if !quotes(delims[i]) {
			return out, unix.EINVAL
		}
	}
	if !bare {
		out = append(out, delims[0])
	}
	for _, c := range text {
		out = appendEscaped(out, c, delims)
	}
	if !bare {
		out = append(out, delims[0])
	}
	return out, nil
}

func appendEscaped(out []byte, c byte, delims string) []byte {
	if c == '\\' || strings.IndexByte(delims, c) >= 0 {
		return append(out, '\\', c)
	}
	if c >= ' ' && c <= '~' {
		return append(out, c)
	}
	if i := strings.IndexByte(escapeBytes, c); i >= 0 {
		return append(out, '\\', escapeLetters[i])
	}
	return fmt.Appendf(out, `\0x%02x`, c)
}

// What can be wrong with a quoted string, apart from an EscapeError.
var (
	ErrEmpty   = errors.New("empty")
	ErrNoStart = errors.New("invalid starting quote character")
	ErrNoEnd   = errors.New("no ending quote character")
)

// EscapeError is an escape that can't be read, or a delimiter that can't be one: the reason, and where.
type EscapeError struct {
	At     int
	Reason unix.Errno
}

func (e *EscapeError) Error() string { return e.Reason.Error() }
func (e *EscapeError) Unwrap() error { return e.Reason }

// Unquote returns what the quoted string text stands for, and the place of its ending quote, which may have
// more behind it. Any of delims encloses it; if there are none the string is only escaped, up to its end.
func Unquote(text []byte, delims string) (plain []byte, end int, err error) {
	i := 0
	if delims != "" {
		switch {
		case len(text) == 0:
			return nil, 0, ErrEmpty
		case strings.IndexByte(delims, text[0]) < 0:
			return nil, 0, ErrNoStart
		case strings.ContainsAny(delims, `0123456789abcdefnrstvx\`):
			return nil, 0, &EscapeError{1, unix.EINVAL}
		}
		i = 1
	}
	for i < len(text) {
		if strings.IndexByte(delims, text[i]) >= 0 {
			return plain, i, nil
		}
		c := text[i]
		i++
		if c == '\\' {
			if c, i, err = escaped(text, i); err != nil {
				return nil, 0, err
			}
		}
		plain = append(plain, c)
	}
	if delims != "" {
		return nil, 0, ErrNoEnd
	}
	return plain, i, nil
}

// escaped reads the escape whose backslash is before text[i], and returns where it ends.
func escaped(text []byte, i int) (c byte, end int, err error) {
	if i == len(text) {
		return 0, 0, &EscapeError{i, unix.EPIPE}
	}
	c = text[i]
	i++
	if c != '0' {
		if at := strings.IndexByte(escapeLetters, c); at >= 0 {
			c = escapeBytes[at]
		}
		return c, i, nil
	}
	if i == len(text) || text[i] != 'x' {
		return 0, i, nil
	}
	c = 0
	for end = i + 1; end < i+3; end++ {
		if end == len(text) {
			return 0, 0, &EscapeError{end, unix.EPIPE}
		}
		digit := strings.IndexByte("0123456789abcdef", text[end])
		if digit < 0 {
			return 0, 0, &EscapeError{end, unix.EPROTO}
		}
		c = c<<4 | byte(digit)
	}
	return c, end, nil
}
