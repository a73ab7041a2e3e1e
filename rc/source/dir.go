package source

import (
	"io"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// dir is an open definition directory and the names in it. Where trees lie over each other as the layers of an
// image do, so do the directories of a definition.
type dir struct {
	fd      int
	path    string      // as messages show it
	entries []sys.Entry // by name
	below   *dir        // nil: none
}

// open opens the directory called name below parent; path is how messages show it.
func open(parent int, name, path string) (*dir, error) {
	fd, err := sys.Open(parent, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return &dir{fd: fd, path: path}, nil
}

func (d *dir) close() {
	for ; d != nil; d = d.below {
		unix.Close(d.fd)
	}
}

// layer returns the uppermost directory that has a name; d itself if none has.
func (d *dir) layer(name string) *dir {
	for l := d; l != nil; l = l.below {
		if _, found := l.find(name); found {
			return l
		}
	}
	return d
}

// find returns what d itself says of a name.
func (d *dir) find(name string) (sys.Entry, bool) {
	at, found := slices.BinarySearchFunc(d.entries, name, func(e sys.Entry, name string) int { return strings.Compare(e.Name, name) })
	if !found {
		return sys.Entry{}, false
	}
	return d.entries[at], true
}

// has tells whether there is an entry of that name.
func (d *dir) has(name string) bool {
	_, found := d.layer(name).find(name)
	return found
}

// list returns what is in an open directory and does not begin with a dot, by name.
func list(fd int) ([]sys.Entry, error) {
	entries, err := sys.ReadEntries(fd)
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e sys.Entry) bool { return e.Name[0] == '.' })
	slices.SortFunc(entries, func(a, b sys.Entry) int { return strings.Compare(a.Name, b.Name) })
	return entries, nil
}

// refsIn returns the names in a directory below d.
func (d *dir) refsIn(name string) ([]Ref, error) {
	var refs []Ref
	for l := d.layer(name); l != nil; l = l.below {
		fd, err := sys.Open(l.fd, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err == unix.ENOENT && l != d.layer(name) {
			continue
		}
		if err != nil {
			return nil, err
		}
		entries, err := list(fd)
		unix.Close(fd)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			refs = append(refs, Ref{e.Name, Place{File: l.path + "/" + name + "/" + e.Name}})
		}
	}
	return refs, nil
}

// read returns the content of a regular file below d, or of a link to /dev/null; anything else in its place is an error.
func (d *dir) read(name string) ([]byte, error) {
	l := d.layer(name)
	if e, _ := l.find(name); e.Type == unix.DT_REG {
		return readRegular(l.fd, name)
	}
	data, _, err := d.readMode(name)
	return data, err
}

// readRegular reads a regular file: a read that brings less than there was room for is the last one.
func readRegular(dirfd int, name string) ([]byte, error) {
	fd, err := sys.Open(dirfd, name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	data := []byte{}
	var buf [4096]byte
	for {
		n, err := unix.Read(fd, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if data = append(data, buf[:n]...); n < len(buf) {
			return data, nil
		}
	}
}

// readMode is read with the type and permissions of the file.
func (d *dir) readMode(name string) (data []byte, mode uint32, err error) {
	fd, err := sys.Open(d.layer(name).fd, name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, 0, err
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		return nil, 0, unix.EISDIR
	case unix.S_IFCHR:
		if st.Rdev != unix.Mkdev(1, 3) { // /dev/null is an empty file
			return nil, 0, unix.EINVAL
		}
	default:
		return nil, 0, unix.EINVAL
	}
	data = make([]byte, st.Size)
	n, err := io.ReadFull(proc.FD(fd), data)
	if err == io.EOF || err == io.ErrUnexpectedEOF { // it has become shorter
		err = nil
	}
	return data[:n], st.Mode, err
}
