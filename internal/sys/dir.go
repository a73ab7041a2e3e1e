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
	err = eachEntry(fd, func(e Entry) { names = append(names, e.Name) })
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
	err = eachEntry(fd, func(e Entry) { entries = append(entries, e) })
	return entries, err
}

func eachEntry(fd int, f func(Entry)) error {
	const reclen, kind, name = 16, 18, 19 // offsets in the record that getdents64(2) describes
	var buf [8192]byte
	for {
		n, err := unix.ReadDirent(fd, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return err
		}
		for rest := buf[:n]; len(rest) > name; {
			record := rest[:binary.NativeEndian.Uint16(rest[reclen:])]
			text, _, _ := bytes.Cut(record[name:], []byte{0})
			if s := string(text); s != "." && s != ".." {
				f(Entry{s, record[kind]})
			}
			rest = rest[len(record):]
		}
	}
}
