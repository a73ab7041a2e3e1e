package db

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// Sizes of the records, without the byte that ends each.
const (
	sizesLen   = 24
	longrunLen = 44
	oneshotLen = 56
)

// header is the content of the file n: how many of everything there are.
type header struct{ short, long, strings, slots, deps, producers uint64 }

// decodeHeader reads the file n.
func decodeHeader(n []byte) (h header, err error) {
	if len(n) != sizesLen {
		return h, invalid("n has %d bytes instead of %d", len(n), sizesLen)
	}
	u := func(i int) uint64 { return uint64(binary.BigEndian.Uint32(n[4*i:])) }
	return header{u(0), u(1), u(2), u(3), u(4), u(5)}, nil
}

// check tells whether the file db has the size and the ends that go with a header.
func (h *header) check(body []byte) error {
	size := uint64(len(banner)+len(trailer)) + h.strings + 8*h.deps + 4*h.producers + h.long*(longrunLen+1) + h.short*(oneshotLen+1)
	if uint64(len(body)) != size {
		return invalid("db has %d bytes instead of %d", len(body), size)
	}
	if !bytes.HasPrefix(body, []byte(banner)) || !bytes.HasSuffix(body, []byte(trailer)) {
		return invalid("db has no %q or %q", banner, trailer)
	}
	return nil
}

// decode makes a database of the contents of the files n, db and resolve.cdb. Anything that does not fit
// is ErrInvalid, wrapped with what it was.
func decode(n, body, names []byte) (*DB, error) {
	h, err := decodeHeader(n)
	if err == nil {
		err = h.check(body)
	}
	if err != nil {
		return nil, err
	}
	body = body[len(banner):]
	r := &decoder{total: int(h.short + h.long), long: int(h.long), strings: string(body[:h.strings])}
	body = body[h.strings:]
	r.rdeps, body = r.ints(body, h.deps)
	r.deps, body = r.ints(body, h.deps)
	r.producers, body = r.ints(body, h.producers)
	d := &DB{Longruns: int(h.long), Services: make([]Service, h.short+h.long)}
	for i := range d.Services {
		size := longrunLen
		if i >= d.Longruns {
			size = oneshotLen
		}
		r.record(&d.Services[i], body[:size], body[size])
		body = body[size+1:]
	}
	if uint64(r.slots) != h.slots {
		r.fail("command lines need %d slots, not %d", r.slots, h.slots)
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := d.flow(); err != nil {
		return nil, err
	}
	d.Names, err = decodeNames(names, len(d.Services))
	return d, err
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// decoder reads records; the first thing wrong stays in err.
type decoder struct {
	total, long            int
	strings                string
	rdeps, deps, producers []int
	slots                  int
	err                    error
}

func (r *decoder) fail(format string, args ...any) {
	if r.err == nil {
		r.err = invalid(format, args...)
	}
}

// ints takes n service numbers off body.
func (r *decoder) ints(body []byte, n uint64) ([]int, []byte) {
	out := make([]int, n)
	for i := range out {
		v := binary.BigEndian.Uint32(body[4*i:])
		if int64(v) >= int64(r.total) {
			r.fail("service number %d out of range", v)
			v = 0
		}
		out[i] = int(v)
	}
	return out, body[4*n:]
}

func (r *decoder) record(s *Service, b []byte, end byte) {
	u := func(i int) uint32 { return binary.BigEndian.Uint32(b[4*i:]) }
	s.Name, _ = r.string(u(0))
	if s.Name == "" || end != recordEnd {
		r.fail("bad record of service %q", s.Name)
	}
	s.Flags, s.TimeoutDown, s.TimeoutUp = u(1), u(2), u(3)
	s.Rdeps = r.slice(r.rdeps, u(4), u(6))
	s.Deps = r.slice(r.deps, u(5), u(7))
	if len(b) == longrunLen {
		s.Consumer = None
		if c := int64(u(8)); c < int64(r.long) {
			s.Consumer = int(c)
		} else if c > int64(r.long) {
			r.fail("consumer of %s out of range", s.Name)
		}
		s.Producers = r.slice(r.producers, u(9), u(10))
		for _, p := range s.Producers {
			if p >= r.long {
				r.fail("producer of %s is not a longrun", s.Name)
			}
		}
		return
	}
	s.Consumer = None
	s.Down = r.argv(u(8), u(9))
	s.Up = r.argv(u(10), u(11))
	s.Reload = r.argv(u(12), u(13))
}

func (r *decoder) slice(of []int, n, start uint32) []int {
	if uint64(start)+uint64(n) > uint64(len(of)) {
		r.fail("list out of range")
		return nil
	}
	if n == 0 {
		return nil
	}
	return of[start : start+n : start+n]
}

// string reads the NUL-terminated string at an offset; next is the offset behind it.
func (r *decoder) string(at uint32) (s string, next uint32) {
	if uint64(at) < uint64(len(r.strings)) {
		if n := strings.IndexByte(r.strings[at:], 0); n >= 0 {
			return r.strings[at : int(at)+n], at + uint32(n) + 1
		}
	}
	r.fail("string out of range")
	return "", at
}

func (r *decoder) argv(n, at uint32) []string {
	r.slots += int(n) + 1
	var argv []string
	for range n {
		if r.err != nil {
			return nil
		}
		var word string
		word, at = r.string(at)
		argv = append(argv, word)
	}
	return argv
}
