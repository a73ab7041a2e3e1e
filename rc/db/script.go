package db

import (
	"bytes"
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// ErrNumber says that a number is not that of a oneshot.
var ErrNumber = errors.New("invalid service number")

// ReadScript reads the name and one command line, for up, down or reload, of a oneshot out of the database in
// a directory, and nothing else: it takes no longer for a big database than for a small one. Errors are those
// of Read, and ErrNumber.
func ReadScript(dirfd int, dir string, number uint64, event string) (name string, argv []string, err error) {
	sizes, err := sys.ReadFile(dirfd, dir+"/"+fileN, sizesLen+1)
	if err != nil {
		return "", nil, &ReadError{dir + "/" + fileN, err}
	}
	h, err := decodeHeader(sizes)
	if err != nil {
		return "", nil, err
	}
	if number < h.long || number >= h.long+h.short {
		return "", nil, ErrNumber
	}
	fd, err := sys.Open(dirfd, dir+"/"+fileDB, unix.O_RDONLY, 0)
	if err != nil {
		return "", nil, &ReadError{dir + "/" + fileDB, err}
	}
	defer unix.Close(fd)
	s := scriptReader{fd: fd, end: int64(len(banner)) + int64(h.strings)}
	name, argv, err = s.script(h.record(number), event)
	if err != nil && !errors.Is(err, ErrInvalid) {
		err = &ReadError{dir + "/" + fileDB, err}
	}
	return name, argv, err
}

// record is the offset of a oneshot's record in the file db.
func (h *header) record(number uint64) int64 {
	before := h.strings + 8*h.deps + 4*h.producers + h.long*(longrunLen+1) + (number-h.long)*(oneshotLen+1)
	return int64(uint64(len(banner)) + before)
}

// scriptReader reads parts of the file db.
type scriptReader struct {
	fd  int
	end int64 // where the strings end
}

func (s *scriptReader) script(record int64, event string) (name string, argv []string, err error) {
	var b [oneshotLen + 1]byte
	if n, err := pread(s.fd, b[:], record); err != nil {
		return "", nil, err
	} else if n < len(b) || b[oneshotLen] != recordEnd {
		return "", nil, invalid("bad record at offset %d of db", record)
	}
	u := func(i int) uint32 { return binary.BigEndian.Uint32(b[4*i:]) }
	words, err := s.words(u(0), 1)
	if err != nil {
		return "", nil, err
	}
	at := map[string]int{"down": 8, "up": 10, "reload": 12}[event]
	argv, err = s.words(u(at+1), u(at))
	return words[0], argv, err
}

// words reads n strings from an offset on.
func (s *scriptReader) words(at, n uint32) (words []string, err error) {
	var data []byte
	pos := int64(len(banner)) + int64(at)
	for uint32(len(words)) < n {
		i := bytes.IndexByte(data, 0)
		if i >= 0 {
			words = append(words, string(data[:i]))
			data = data[i+1:]
			continue
		}
		chunk := make([]byte, max(512, len(data)))
		got, err := pread(s.fd, chunk[:max(0, min(int64(len(chunk)), s.end-pos))], pos)
		if err != nil {
			return nil, err
		}
		if got == 0 {
			return nil, invalid("string out of range")
		}
		data = append(data, chunk[:got]...)
		pos += int64(got)
	}
	return words, nil
}

func pread(fd int, p []byte, at int64) (n int, err error) {
	for n < len(p) {
		m, err := unix.Pread(fd, p[n:], at+int64(n))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return n, err
		case m == 0:
			return n, nil
		default:
			n += m
		}
	}
	return n, nil
}
