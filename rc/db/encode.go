package db

import "encoding/binary"

const (
	banner    = "s6rc-db: start\n"
	trailer   = "\ns6rc-db: end\n"
	recordEnd = 0xfe
)

// Encode returns the contents of the files n, db and resolve.cdb. The error is a database too big for cdb.
func (d *DB) Encode() (n, body, names []byte, err error) {
	e := encoder{db: d}
	e.strings()
	body = append(body, banner...)
	body = append(body, e.blob...)
	var records []byte
	var nrev, ndeps, nproducers uint32
	for i := range d.Services {
		s := &d.Services[i]
		records = put(records, e.name[i], s.Flags, s.TimeoutDown, s.TimeoutUp,
			uint32(len(s.Rdeps)), uint32(len(s.Deps)), nrev, ndeps)
		nrev += uint32(len(s.Rdeps))
		ndeps += uint32(len(s.Deps))
		if d.IsLongrun(i) {
			records = put(records, e.consumer(s), uint32(len(s.Producers)), nproducers)
			nproducers += uint32(len(s.Producers))
		} else {
			for k, argv := range scripts(s) {
				records = put(records, uint32(len(argv)), e.script[i-d.Longruns][k])
			}
		}
		records = append(records, recordEnd)
	}
	for i := range d.Services {
		body = putInts(body, d.Services[i].Rdeps)
	}
	for i := range d.Services {
		body = putInts(body, d.Services[i].Deps)
	}
	for i := range d.Services[:d.Longruns] {
		body = putInts(body, d.Services[i].Producers)
	}
	body = append(body, records...)
	body = append(body, trailer...)
	n = put(nil, uint32(len(d.Services)-d.Longruns), uint32(d.Longruns), uint32(len(e.blob)), e.slots, ndeps, nproducers)
	names, err = d.encodeNames()
	return n, body, names, err
}

// encoder collects the strings of a database and where each one is.
type encoder struct {
	db     *DB
	blob   []byte
	slots  uint32      // words of all command lines, and a terminator for each line
	name   []uint32    // by service
	script [][3]uint32 // by oneshot
}

func (e *encoder) strings() {
	d := e.db
	e.name = make([]uint32, len(d.Services))
	e.script = make([][3]uint32, len(d.Services)-d.Longruns)
	if d.Order != nil {
		for _, i := range d.Order {
			e.service(i)
		}
		return
	}
	for i := range d.Services {
		e.service(i)
	}
}

// service adds the strings of a service. The command lines of a oneshot come in the order that s6-rc-compile reads
// them.
func (e *encoder) service(i int) {
	d := e.db
	s := &d.Services[i]
	e.name[i] = e.add(s.Name)
	if d.IsLongrun(i) {
		return
	}
	argvs := scripts(s)
	for _, k := range [...]int{2, 1, 0} {
		e.script[i-d.Longruns][k] = uint32(len(e.blob))
		for _, word := range argvs[k] {
			e.add(word)
		}
		e.slots += uint32(len(argvs[k])) + 1
	}
}

func (e *encoder) add(s string) (at uint32) {
	at = uint32(len(e.blob))
	e.blob = append(append(e.blob, s...), 0)
	return at
}

func (e *encoder) consumer(s *Service) uint32 {
	if s.Consumer == None {
		return uint32(e.db.Longruns)
	}
	return uint32(s.Consumer)
}

// scripts lists the command lines of a oneshot in the order of the file.
func scripts(s *Service) [3][]string { return [3][]string{s.Down, s.Up, s.Reload} }

func put(b []byte, values ...uint32) []byte {
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

func putInts(b []byte, values []int) []byte {
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	return b
}
