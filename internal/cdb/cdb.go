// Package cdb reads and writes constant databases in the format of https://cr.yp.to/cdb/cdb.txt: a table of
// 256 hash tables, the records in the order they were added, the hash tables. All numbers are 32 bits,
// little-endian.
package cdb

import (
	"encoding/binary"
	"errors"
	"math"

	"s6box/internal/sys"
)

// ErrCorrupt says that a file is no constant database.
var ErrCorrupt = errors.New("invalid cdb")

// ErrTooBig says that a database would exceed what 32 bits can address.
var ErrTooBig = errors.New("cdb too big")

const (
	tables     = 256
	headerSize = tables * 8
)

func hash(key []byte) uint32 {
	h := uint32(5381)
	for _, c := range key {
		h = (h * 33) ^ uint32(c)
	}
	return h
}

// Reader is an open database. Its methods may be used concurrently.
type Reader struct{ data []byte }

// New returns a reader of the database held in data, which it keeps.
func New(data []byte) (*Reader, error) {
	if len(data) < headerSize || uint64(len(data)) > math.MaxUint32 {
		return nil, ErrCorrupt
	}
	return &Reader{data}, nil
}

// Open reads a whole database file; name is relative to dirfd as in openat(2).
func Open(dirfd int, name string) (*Reader, error) {
	data, err := sys.ReadFile(dirfd, name, math.MaxInt)
	if err != nil {
		return nil, err
	}
	return New(data)
}

// Get returns the first value stored under key. The value is part of the reader's data: don't change it.
func (r *Reader) Get(key []byte) (value []byte, found bool, err error) {
	h := hash(key)
	table, slots := r.pair(h % tables * 8)
	if slots == 0 {
		return nil, false, nil
	}
	if uint64(table)+uint64(slots)*8 > uint64(len(r.data)) {
		return nil, false, ErrCorrupt
	}
	start := h / tables % slots
	for i := range slots {
		at := table + (start+i)%slots*8
		slotHash, pos := r.pair(at)
		if pos == 0 {
			return nil, false, nil
		}
		if slotHash != h {
			continue
		}
		k, v, _, ok := r.record(pos)
		if !ok {
			return nil, false, ErrCorrupt
		}
		if string(k) == string(key) {
			return v, true, nil
		}
	}
	return nil, false, nil
}

// All yields every record, in the order of the file. It stops with ErrCorrupt where the file makes no sense.
func (r *Reader) All(yield func(key, value []byte) bool) error {
	end := uint32(len(r.data))
	for i := range uint32(tables) {
		table, _ := r.pair(i * 8)
		end = min(end, table)
	}
	for pos := uint32(headerSize); pos < end; {
		k, v, next, ok := r.record(pos)
		if !ok || next > end {
			return ErrCorrupt
		}
		if !yield(k, v) {
			return nil
		}
		pos = next
	}
	if end < headerSize {
		return ErrCorrupt
	}
	return nil
}

func (r *Reader) pair(at uint32) (a, b uint32) {
	return binary.LittleEndian.Uint32(r.data[at:]), binary.LittleEndian.Uint32(r.data[at+4:])
}

func (r *Reader) record(pos uint32) (key, value []byte, next uint32, ok bool) {
	size := uint64(len(r.data))
	if uint64(pos)+8 > size {
		return nil, nil, 0, false
	}
	klen, vlen := r.pair(pos)
	end := uint64(pos) + 8 + uint64(klen) + uint64(vlen)
	if end > size {
		return nil, nil, 0, false
	}
	kend := pos + 8 + klen
	return r.data[pos+8 : kend], r.data[kend:end], uint32(end), true
}

// Writer builds a database. The zero value is an empty one.
type Writer struct {
	data    []byte
	entries [tables][]slot
}

type slot struct{ hash, pos uint32 }

// Add appends a record. The same key may be added again; Get returns the first.
func (w *Writer) Add(key, value []byte) {
	if w.data == nil {
		w.data = make([]byte, headerSize)
	}
	h := hash(key)
	w.entries[h%tables] = append(w.entries[h%tables], slot{h, uint32(len(w.data))})
	w.data = binary.LittleEndian.AppendUint32(w.data, uint32(len(key)))
	w.data = binary.LittleEndian.AppendUint32(w.data, uint32(len(value)))
	w.data = append(append(w.data, key...), value...)
}

// Bytes returns the finished database. The writer is used up.
func (w *Writer) Bytes() ([]byte, error) {
	if w.data == nil {
		w.data = make([]byte, headerSize)
	}
	for i, entries := range w.entries {
		if uint64(len(w.data))+uint64(len(entries))*16 > math.MaxUint32 {
			return nil, ErrTooBig
		}
		slots := uint32(2 * len(entries))
		binary.LittleEndian.PutUint32(w.data[i*8:], uint32(len(w.data)))
		binary.LittleEndian.PutUint32(w.data[i*8+4:], slots)
		table := make([]slot, slots)
		for _, e := range entries {
			at := e.hash / tables % slots
			for table[at].pos != 0 {
				at = (at + 1) % slots
			}
			table[at] = e
		}
		for _, s := range table {
			w.data = binary.LittleEndian.AppendUint32(w.data, s.hash)
			w.data = binary.LittleEndian.AppendUint32(w.data, s.pos)
		}
	}
	return w.data, nil
}
