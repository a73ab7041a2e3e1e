// Package live is the live directory of s6-rc: which database is in force, which services are up, and the
// service directories that supervisors run on. Layout, names and bytes are those of s6-rc 0.7, so that its
// programs work on it too.
package live

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/rc/db"
)

// The entries of a live directory.
const (
	Compiled    = "compiled"    // symbolic link to the database, as it was named
	Scandir     = "scandir"     // symbolic link to the scan directory
	Prefix      = "prefix"      // what precedes service names in the scan directory, without a newline
	StateFile   = "state"       // one byte for each service
	lockFile    = "lock"        // shared to look, exclusive to change
	Servicedirs = "servicedirs" // the service directories, by name
)

const downFile = "down"

// ErrState says that a state file does not fit its database. s6-rc programs exit 4 for it.
var ErrState = errors.New("invalid state file")

// State is the content of the state file: one byte for each service.
type State []byte

const (
	up     = 1 << iota // the service is up
	wanted             // somebody asked for it by name
)

// Up tells whether service n is up.
func (s State) Up(n int) bool { return s[n]&up != 0 }

// Named tells whether somebody asked by name for service n to be up, and nobody for it to be down since. It may be down
// all the same, where something that it needs is.
func (s State) Named(n int) bool { return s[n]&wanted != 0 }

// Set records that service n is up or down.
func (s State) Set(n int, isUp bool) { s.flag(n, up, isUp) }

// SetNamed records that somebody asked by name for service n to be up, or down.
func (s State) SetNamed(n int, isUp bool) { s.flag(n, wanted, isUp) }

func (s State) flag(n int, flag byte, on bool) {
	if on {
		s[n] |= flag
	} else {
		s[n] &^= flag
	}
}

// AllUp returns which services are up.
func (s State) AllUp() []bool {
	set := make([]bool, len(s))
	for n := range s {
		set[n] = s.Up(n)
	}
	return set
}

// Dir is a live directory.
type Dir struct {
	Path string // as it is named; usually a symbolic link
}

// ReadState reads the state of n services.
func (d *Dir) ReadState(n int) (State, error) {
	data, err := sys.ReadFile(sys.AT, d.file(StateFile), n+1)
	if err != nil {
		return nil, err
	}
	if len(data) != n {
		return nil, fmt.Errorf("%w: %d services in the database, %d in %s", ErrState, n, len(data), d.file(StateFile))
	}
	return data, nil
}

// WriteState replaces the state file.
func (d *Dir) WriteState(s State) error {
	return sys.ReplaceFile(sys.AT, d.file(StateFile), s, 0o644)
}

// SetDown makes or removes a longrun's down file, which says whether its supervisor starts it on its own.
func (d *Dir) SetDown(name string, down bool) error {
	file := d.Servicedir(name) + "/" + downFile
	if !down {
		err := unix.Unlink(file)
		if err == unix.ENOENT {
			err = nil
		}
		return err
	}
	fd, err := sys.Open(sys.AT, file, unix.O_WRONLY|unix.O_CREAT|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0o644)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

// Servicedir is the path of a longrun's service directory.
func (d *Dir) Servicedir(name string) string { return d.file(Servicedirs) + "/" + name }

// Notifies tells whether a longrun reports its readiness.
func (d *Dir) Notifies(name string) bool {
	ok, _ := sys.Exists(sys.AT, d.Servicedir(name)+"/notification-fd")
	return ok
}

// DB reads the database in force.
func (d *Dir) DB() (*db.DB, error) { return db.Read(sys.AT, d.file(Compiled)) }

func (d *Dir) file(name string) string { return d.Path + "/" + name }

// Lock takes the locks of the live directory and of its database, the latter always shared, until release is
// called. Without wait a lock that is taken is EAGAIN or EACCES; for the database it is that in a *db.ReadError.
func (d *Dir) Lock(exclusive, wait bool) (release func(), err error) {
	for {
		fd, err := sys.OpenLocked(sys.AT, d.file(lockFile), exclusive, wait, unix.O_TRUNC, 0o644)
		if err != nil {
			return nil, err
		}
		if !d.current(fd) { // while we waited, an update put another directory in its place
			unix.Close(fd)
			continue
		}
		dbfd, err := db.Lock(sys.AT, d.file(Compiled), false, wait)
		if err != nil {
			unix.Close(fd)
			return nil, &db.ReadError{File: d.file(Compiled), Err: err}
		}
		return func() { unix.Close(dbfd); unix.Close(fd) }, nil
	}
}

// Changing tells whether a program holds the lock to change something. It takes no lock itself.
func (d *Dir) Changing() bool {
	fd, err := sys.Open(sys.AT, d.file(lockFile), unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	locked, err := sys.Locked(fd)
	return err == nil && locked
}

func (d *Dir) current(fd int) bool {
	var held, now unix.Stat_t
	if unix.Fstat(fd, &held) != nil || unix.Stat(d.file(lockFile), &now) != nil {
		return false
	}
	return held.Dev == now.Dev && held.Ino == now.Ino
}
