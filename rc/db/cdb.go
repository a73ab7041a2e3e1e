package db

import (
	"encoding/binary"
	"fmt"
)

// The file resolve.cdb is a constant database as D. J. Bernstein defined it: a table of 256 (position,
// slots) pairs, the records (key length, data length, key, data), then the hash tables the pairs point at.
// All numbers of the format are little-endian; the data of a record is a list of service numbers, and those
// are big-endian.
const cdbHeader = 2048

// EncodeNames returns the contents of resolve.cdb.
func (d *DB) EncodeNames() []byte {
	type slot struct{ hash, pos uint32 }
	var tables [256][]slot
	out := make([]byte, cdbHeader)
	le := binary.LittleEndian
	for _, e := range d.Names {
		h := cdbHash(e.Name)
		tables[h&255] = append(tables[h&255], slot{h, uint32(len(out))})
		out = le.AppendUint32(out, uint32(len(e.Name)))
		out = le.AppendUint32(out, uint32(4*len(e.Numbers)))
		out = append(out, e.Name...)
		out = putInts(out, e.Numbers)
	}
	for i, table := range tables {
		n := uint32(2 * len(table))
		le.PutUint32(out[8*i:], uint32(len(out)))
		le.PutUint32(out[8*i+4:], n)
		hashed := make([]slot, n)
		for _, s := range table {
			at := s.hash >> 8 % n
			for hashed[at].pos != 0 {
				at = (at + 1) % n
			}
			hashed[at] = s
		}
		for _, s := range hashed {
			out = le.AppendUint32(le.AppendUint32(out, s.hash), s.pos)
		}
	}
	return out
}

func cdbHash(key string) uint32 {
	h := uint32(5381)
	for i := range len(key) {
		h = h*33 ^ uint32(key[i])
	}
	return h
}

// decodeNames reads all records of a resolve.cdb in their order; numbers have to be below services.
func decodeNames(cdb []byte, services int) ([]Entry, error) {
	if len(cdb) < cdbHeader {
		return nil, fmt.Errorf("%w: resolve.cdb is too short", ErrInvalid)
	}
	le := binary.LittleEndian
	end := len(cdb)
	for i := range 256 {
		if pos := le.Uint32(cdb[8*i:]); int64(pos) < int64(end) {
			end = int(pos)
		}
	}
	var names []Entry
	for at := cdbHeader; at < end; {
		if end-at < 8 {
			return nil, fmt.Errorf("%w: resolve.cdb is truncated", ErrInvalid)
		}
		klen, dlen := uint64(le.Uint32(cdb[at:])), uint64(le.Uint32(cdb[at+4:]))
		at += 8
		if klen+dlen > uint64(end-at) || dlen%4 != 0 {
			return nil, fmt.Errorf("%w: bad record in resolve.cdb", ErrInvalid)
		}
		e := Entry{Name: string(cdb[at : at+int(klen)]), Numbers: make([]int, dlen/4)}
		at += int(klen)
		for i := range e.Numbers {
			v := binary.BigEndian.Uint32(cdb[at:])
			if int64(v) >= int64(services) {
				return nil, fmt.Errorf("%w: %s stands for a service number out of range", ErrInvalid, e.Name)
			}
			e.Numbers[i] = int(v)
			at += 4
		}
		names = append(names, e)
	}
	return names, nil
}
