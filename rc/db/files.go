package db

import (
	"s6box/internal/sys"
)

// The files of a compiled database.
const (
	fileN    = "n"
	fileDB   = "db"
	fileCdb  = "resolve.cdb"
	lockFile = "lock"
	fileMode = 0o644
	tooBig   = 1 << 30
)

// Read reads the database in a directory, dir being relative to dirfd. The error is ErrInvalid, wrapped, for
// a corrupt database, else that of a system call.
func Read(dirfd int, dir string) (*DB, error) {
	var data [3][]byte
	for i, name := range []string{fileN, fileDB, fileCdb} {
		b, err := sys.ReadFile(dirfd, dir+"/"+name, tooBig)
		if err != nil {
			return nil, &ReadError{dir + "/" + name, err}
		}
		data[i] = b
	}
	return decode(data[0], data[1], data[2])
}

// ReadNames reads the identifiers alone of the database in a directory, with this many services.
func ReadNames(dirfd int, dir string, services int) ([]Entry, error) {
	data, err := sys.ReadFile(dirfd, dir+"/"+fileCdb, tooBig)
	if err != nil {
		return nil, &ReadError{dir + "/" + fileCdb, err}
	}
	return decodeNames(data, services)
}

// ReadError is a file of a database that can't be read.
type ReadError struct {
	File string
	Err  error
}

func (e *ReadError) Error() string { return "unable to read " + e.File + ": " + e.Err.Error() }
func (e *ReadError) Unwrap() error { return e.Err }

// Write writes the files of a database into the open directory dirfd, which holds none yet.
func Write(dirfd int, d *DB) error {
	n, body, names, err := d.Encode()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{{lockFile, nil}, {fileN, n}, {fileCdb, names}, {fileDB, body}} {
		if err := sys.Create(dirfd, f.name, f.data, fileMode); err != nil {
			return err
		}
	}
	return nil
}

// Lock takes the lock of the database in dir: shared by those that read it, exclusive while it is written.
// It is held until the descriptor is closed. Without wait, a lock that is taken is EAGAIN or EACCES. There is no waiting for a
// directory that holds no database: it may be a live directory, the lock of which the caller has.
func Lock(dirfd int, dir string, exclusive, wait bool) (fd int, err error) {
	if wait {
		wait, _ = sys.Exists(dirfd, dir+"/"+fileN)
	}
	return sys.OpenLocked(dirfd, dir+"/"+lockFile, exclusive, wait, 0, fileMode)
}

// WriteNames replaces the identifiers of the database in the open directory dirfd, the lock of which the
// caller holds for writing.
func WriteNames(dirfd int, d *DB) error {
	names, err := d.encodeNames()
	if err != nil {
		return err
	}
	return sys.ReplaceFile(dirfd, fileCdb, names, fileMode)
}
