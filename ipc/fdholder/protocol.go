// Package fdholder keeps file descriptors for other processes: the server and the client of the protocol of
// s6-fdholderd. Descriptors have an identifier of 1 to 255 bytes and a limit, the time they are dropped at.
// See the page s6-fdholderd.
package fdholder

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/tai"
)

// maxID is the length of the longest identifier.
const maxID = 255

// forever is how far away a limit is that means never, in seconds: half of that is already beyond any clock.
const forever = 1 << 61

// Never is the limit of a descriptor that is kept until it is deleted.
func Never() tai.Stamp {
	now := tai.Now()
	now.Sec += forever
	return now
}

// IsNever tells whether a limit is as far away as Never.
func IsNever(limit tai.Stamp) bool { return limit.Sec >= tai.Now().Sec+forever/2 }

// Entry is a descriptor with its identifier and limit.
type Entry struct {
	ID    string
	FD    int
	Limit tai.Stamp
}

// The first byte of a request.
const (
	opStore    = 'S'
	opDelete   = 'D'
	opRetrieve = 'R'
	opList     = 'L'
	opGetDump  = '?'
	opSetDump  = '!'
	opDumpPart = '.'
)

// errMalformed ends a connection whose peer does not speak the protocol.
var errMalformed = errors.New("malformed request")

// appendID appends the length in one byte, the identifier and a NUL.
func appendID(p []byte, id string) []byte {
	p = append(p, byte(len(id)))
	p = append(p, id...)
	return append(p, 0)
}

// takeID reads what appendID writes.
func takeID(p []byte) (id string, rest []byte, ok bool) {
	if len(p) < 1 {
		return "", nil, false
	}
	n := int(p[0])
	if n == 0 || len(p) < n+2 || p[n+1] != 0 {
		return "", nil, false
	}
	return string(p[1 : n+1]), p[n+2:], true
}

func appendEntry(p []byte, e Entry) []byte {
	limit := e.Limit.Pack()
	return appendID(append(p, limit[:]...), e.ID)
}

// takeEntries reads exactly as many entries as there are descriptors, which go with them in that order.
func takeEntries(p []byte, fds []int) ([]Entry, bool) {
	entries := make([]Entry, 0, len(fds))
	for _, fd := range fds {
		if len(p) < tai.Size {
			return nil, false
		}
		limit := tai.Unpack([tai.Size]byte(p[:tai.Size]))
		id, rest, ok := takeID(p[tai.Size:])
		if !ok {
			return nil, false
		}
		entries = append(entries, Entry{ID: id, FD: fd, Limit: limit})
		p = rest
	}
	return entries, len(p) == 0
}

func appendUint32(p []byte, n int) []byte { return binary.BigEndian.AppendUint32(p, uint32(n)) }

// CheckID is the error of an identifier that no descriptor can have.
func CheckID(id string) error {
	switch {
	case id == "":
		return unix.EINVAL
	case len(id) > maxID:
		return unix.ENAMETOOLONG
	}
	return nil
}
