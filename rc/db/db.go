// Package db is the compiled service database: its value, and the files n, db and resolve.cdb that hold it,
// byte for byte in the format of s6-rc 0.7.
package db

import (
	"errors"

	"s6box/rc/plan"
)

// The services that every database begins with.
const (
	OneshotRunner = "s6rc-oneshot-runner" // service 0
	Fdholder      = "s6rc-fdholder"       // service 1
)

// Flags of a service.
const (
	Essential   = 1 << iota // not stopped unless forced
	Recommended             // goes to the active prescription of a new set
)

// None is the Consumer of a longrun that is not a producer.
const None = -1

// DB is a compiled database. Services are numbered from 0, longruns first.
type DB struct {
	Services []Service
	Longruns int     // how many of Services are longruns
	Names    []Entry // every identifier, in the order of resolve.cdb
	Order    []int   // all services, in the order their strings are written; nil: by number

	index map[string]int // name → position in Names
}

// Service is one atomic service.
type Service struct {
	Name        string
	Flags       uint32
	TimeoutUp   uint32 // milliseconds, 0 for none
	TimeoutDown uint32
	Deps        []int // ascending
	Rdeps       []int // who depends on it, ascending

	Consumer  int   // longruns: the service that reads its output, or None
	Producers []int // longruns: the services whose output it reads

	Up, Down, Reload []string // oneshots: command lines, maybe empty
}

// Entry is what an identifier stands for: one atomic service, or the contents of a bundle.
type Entry struct {
	Name    string
	Numbers []int
}

// ErrInvalid says that files are not a compiled database, or a corrupt one. s6-rc programs exit 4 for it.
var ErrInvalid = errors.New("invalid service database")

// Lookup returns the atomic services that an identifier stands for.
func (d *DB) Lookup(name string) (numbers []int, ok bool) {
	if d.index == nil {
		d.index = make(map[string]int, len(d.Names))
		for i := len(d.Names) - 1; i >= 0; i-- {
			d.index[d.Names[i].Name] = i
		}
	}
	i, ok := d.index[name]
	if !ok {
		return nil, false
	}
	return d.Names[i].Numbers, true
}

// Atomic tells whether an entry is an atomic service rather than a bundle.
func (d *DB) Atomic(e Entry) bool {
	return len(e.Numbers) == 1 && d.Services[e.Numbers[0]].Name == e.Name
}

// Graph returns who depends on what.
func (d *DB) Graph() plan.Graph {
	g := make(plan.Graph, len(d.Services))
	for i := range d.Services {
		g[i] = d.Services[i].Deps
	}
	return g
}

// IsLongrun tells whether service n is a longrun.
func (d *DB) IsLongrun(n int) bool { return n < d.Longruns }

// LongrunNames returns the names of all longruns, by number.
func (d *DB) LongrunNames() []string {
	names := make([]string, d.Longruns)
	for n := range names {
		names[n] = d.Services[n].Name
	}
	return names
}

// Script returns a oneshot's command line for up, down or reload.
func (s *Service) Script(event string) (argv []string, ok bool) {
	switch event {
	case "up":
		return s.Up, true
	case "down":
		return s.Down, true
	case "reload":
		return s.Reload, true
	}
	return nil, false
}
