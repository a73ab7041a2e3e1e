package sys

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// ReadDir returns the names in a directory, in the order the kernel has them, without . and .. themselves.
func ReadDir(dirfd int, name string) ([]string, error) {
	fd, err := Open(dirfd, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	return ReadDirFD(fd)
}

// ReadDirFD is ReadDir of an open directory, from where its offset is.
func ReadDirFD(fd int) (names []string, err error) {
	entries, err := ReadEntries(fd)
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return names, err
}

// Entry is a name in a directory, and what it stands for as the directory tells it: unix.DT_REG and so on, or
// unix.DT_UNKNOWN where the file system does not say.
type Entry struct {
	Name string
	Type byte
}

// ReadEntries is ReadDirFD with the types of the files.
func ReadEntries(fd int) (entries []Entry, err error) {
	d := Dirents{FD: fd}
	for {
		name, kind, err := d.Next()
		if err != nil || name == nil {
			return entries, err
		}
		entries = append(entries, Entry{string(name[:len(name)-1]), kind})
	}
}

// Dirents reads an open directory from where its offset is. It is for who looks at many names and keeps few.
type Dirents struct {
	FD       int
	pos, end int
	buf      [8192]byte
}

// Next returns the next name but . and .., with a NUL behind it, and what it stands for as in an Entry. It is overwritten
// by the next call, and nil at the end.
func (d *Dirents) Next() (name []byte, kind byte, err error) {
	const reclen, kindAt, nameAt = 16, 18, 19 // offsets in the record that getdents64(2) describes
	for {
		if d.pos == d.end {
			n, err := unix.ReadDirent(d.FD, d.buf[:])
			switch {
			case err == unix.EINTR:
				continue
			case err == unix.ENOENT: // the directory has been removed meanwhile
				return nil, 0, nil
			case err != nil || n <= 0:
				return nil, 0, err
			}
			d.pos, d.end = 0, n
		}
		record := d.buf[d.pos:d.end]
		record = record[:binary.NativeEndian.Uint16(record[reclen:])]
		d.pos += len(record)
		name := record[nameAt:]
		name = name[:bytes.IndexByte(name, 0)+1]
		if string(name) != ".\x00" && string(name) != "..\x00" {
			return name, record[kindAt], nil
		}
	}
}
