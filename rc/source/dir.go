package source

import (
	"slices"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// dir is an open definition directory and the names in it. Where trees lie over each other as the layers of an
// image do, so do the directories of a definition.
type dir struct {
	fd    int
	path  string // as messages show it
	names []string
	below *dir // nil: none
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
		if _, found := slices.BinarySearch(l.names, name); found {
			return l
		}
	}
	return d
}

// has tells whether there is an entry of that name.
func (d *dir) has(name string) bool {
	_, found := slices.BinarySearch(d.layer(name).names, name)
	return found
}

// list returns the sorted names in an open directory that do not begin with a dot.
func list(fd int) ([]string, error) {
	var buf [8192]byte
	var names []string
	for {
		n, err := unix.ReadDirent(fd, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name[0] == '.' })
	slices.Sort(names)
	return names, nil
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
		names, err := list(fd)
		unix.Close(fd)
		if err != nil {
			return nil, err
		}
		for _, entry := range names {
			refs = append(refs, Ref{entry, Place{File: l.path + "/" + name + "/" + entry}})
		}
	}
	return refs, nil
}

// read returns the content of a regular file below d; anything else in its place is an error.
func (d *dir) read(name string) (data []byte, mode uint32, err error) {
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
	default:
		return nil, 0, unix.EINVAL
	}
	data = make([]byte, st.Size)
	n, err := readFull(fd, data)
	return data[:n], st.Mode, err
}

func readFull(fd int, data []byte) (n int, err error) {
	for n < len(data) {
		m, err := unix.Read(fd, data[n:])
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
