package execline

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/sys/unix"
)

// elementOptions are the options by which forstdin and forbacktickx cut what they read into values.
type elementOptions struct {
	delims string // "" decodes netstrings
	keep   bool   // the delimiter at the end, and a last value without one
	crunch bool   // skip empty values, unless they are netstrings
}

const elementHelp = `  -n         without the newline at the end (default); a last line without one is ignored
  -N         with it
  -c         empty lines are values too (default)
  -C         they are not; netstrings are values always
  -d DELIMS  cut at the characters of DELIMS instead of newlines; the empty word decodes netstrings
  -0         cut at null characters
`

func (o *elementOptions) set(opt byte, value string) {
	switch opt {
	case 'N':
		o.keep = true
	case 'n':
		o.keep = false
	case 'C':
		o.crunch = true
	case 'c':
		o.crunch = false
	case '0':
		o.delims = "\x00"
	case 'd':
		o.delims = value
	}
}

// elements cuts what it reads into values as it comes.
type elements struct {
	elementOptions
	from io.Reader
	wait func() // called before each read
	buf  []byte // read and not used yet
	seen int    // how much of buf holds no delimiter
	end  error  // what reading ended with
}

// next returns the next value. The error is io.EOF behind the last one; a netstring that is none is EPROTO,
// and one that is cut off EPIPE.
func (e *elements) next() (string, error) {
	for {
		raw, err := e.cut()
		if err != nil {
			return "", err
		}
		if e.crunch && e.delims != "" && (len(raw) == 0 || e.isDelim(raw[0])) {
			continue
		}
		text, _, _ := bytes.Cut(raw, []byte{0}) // no variable holds more
		return string(text), nil
	}
}

func (e *elements) isDelim(b byte) bool { return strings.IndexByte(e.delims, b) >= 0 }

func (e *elements) cut() ([]byte, error) {
	if e.delims == "" {
		return e.netstring()
	}
	for {
		for ; e.seen < len(e.buf); e.seen++ {
			if e.isDelim(e.buf[e.seen]) {
				raw := e.take(e.seen + 1)
				if !e.keep {
					raw = raw[:len(raw)-1]
				}
				return raw, nil
			}
		}
		if err := e.fill(); err != nil {
			if err == io.EOF && e.keep && len(e.buf) > 0 {
				return e.take(len(e.buf)), nil
			}
			return nil, err
		}
	}
}

// netstring decodes one: LENGTH:BYTES,
func (e *elements) netstring() ([]byte, error) {
	length, digits := 0, 0
	for ; ; digits++ {
		if err := e.need(digits + 1); err != nil {
			return nil, err
		}
		c := e.buf[digits]
		if c == ':' && digits > 0 {
			break
		}
		if c < '0' || c > '9' || length > 1<<30 {
			return nil, unix.EPROTO
		}
		length = 10*length + int(c-'0')
	}
	if err := e.need(digits + 1 + length + 1); err != nil {
		return nil, err
	}
	raw := e.take(digits + 1 + length + 1)
	if raw[len(raw)-1] != ',' {
		return nil, unix.EPROTO
	}
	return raw[digits+1 : len(raw)-1], nil
}

// need reads until buf holds n bytes.
func (e *elements) need(n int) error {
	for len(e.buf) < n {
		if err := e.fill(); err != nil {
			if err == io.EOF && len(e.buf) > 0 {
				return unix.EPIPE
			}
			return err
		}
	}
	return nil
}

// take takes n bytes off buf. They stay as they are until the next read.
func (e *elements) take(n int) []byte {
	raw := e.buf[:n]
	e.buf, e.seen = e.buf[n:], 0
	return raw
}

// fill reads on. It asks for as much as the C program does: what is left is for programs that read the same
// descriptor later.
func (e *elements) fill() error {
	const chunk = 8191
	if e.end != nil {
		return e.end
	}
	e.wait()
	buf := make([]byte, len(e.buf)+chunk)
	n, err := e.from.Read(buf[copy(buf, e.buf):])
	e.buf, e.end = buf[:len(e.buf)+n], err
	return err
}
