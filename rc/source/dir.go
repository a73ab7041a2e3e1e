package source

import (
	"slices"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// dir is an open definition directory and the names in it.
type dir struct {
	fd    int
	path  string // as messages show it
	names []string
}

func openDir(path string) (*dir, error) {
	fd, err := sys.Open(sys.AT, path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	names, err := list(fd)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &dir{fd, path, names}, nil
}

func (d *dir) close() { unix.Close(d.fd) }

// has tells whether there is an entry of that name.
func (d *dir) has(name string) bool {
	_, found := slices.BinarySearch(d.names, name)
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

// listIn returns the names in a directory below d.
func (d *dir) listIn(name string) ([]string, error) {
	fd, err := sys.Open(d.fd, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	return list(fd)
}

// read returns the content of a regular file below d; anything else in its place is an error.
func (d *dir) read(name string) (data []byte, mode uint32, err error) {
	fd, err := sys.Open(d.fd, name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
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
