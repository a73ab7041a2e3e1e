package db

import (
	"encoding/binary"

	"s6box/internal/cdb"
)

// encodeNames returns the contents of resolve.cdb: service numbers, big-endian, under every identifier.
func (d *DB) encodeNames() ([]byte, error) {
	var w cdb.Writer
	for _, e := range d.Names {
		w.Add([]byte(e.Name), putInts(nil, e.Numbers))
	}
	return w.Bytes()
}

// decodeNames reads all records of a resolve.cdb in their order; numbers have to be below services.
func decodeNames(data []byte, services int) ([]Entry, error) {
	r, err := cdb.New(data)
	if err != nil {
		return nil, invalid("resolve.cdb is no cdb")
	}
	var names []Entry
	bad := ""
	err = r.All(func(key, value []byte) bool {
		e := Entry{Name: string(key), Numbers: make([]int, len(value)/4)}
		for i := range e.Numbers {
			v := binary.BigEndian.Uint32(value[4*i:])
			if int64(v) >= int64(services) {
				bad = e.Name
				return false
			}
			e.Numbers[i] = int(v)
		}
		if len(value)%4 != 0 {
			bad = e.Name
		}
		names = append(names, e)
		return bad == ""
	})
	if err != nil {
		return nil, invalid("resolve.cdb is corrupt")
	}
	if bad != "" {
		return nil, invalid("resolve.cdb has no service numbers for %s", bad)
	}
	return names, nil
}
