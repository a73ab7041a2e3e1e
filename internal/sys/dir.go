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
	err = EachEntry(fd, func(name []byte, _ byte) { names = append(names, text(name)) })
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
	err = EachEntry(fd, func(name []byte, kind byte) { entries = append(entries, Entry{text(name), kind}) })
	return entries, err
}

func text(name []byte) string { return string(name[:len(name)-1]) }

// EachEntry calls f with the name and type of everything in an open directory, from where its offset is,
// without . and .. themselves. The name ends with a NUL and is overwritten when f has returned.
func EachEntry(fd int, f func(name []byte, kind byte)) error {
	const reclen, kind, start = 16, 18, 19 // offsets in the record that getdents64(2) describes
	var buf [8192]byte
	for {
		n, err := unix.ReadDirent(fd, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return err
		}
		for rest := buf[:n]; len(rest) > start; {
			record := rest[:binary.NativeEndian.Uint16(rest[reclen:])]
			name := record[start:]
			name = name[:bytes.IndexByte(name, 0)+1]
			if string(name) != ".\x00" && string(name) != "..\x00" {
				f(name, record[kind])
			}
			rest = rest[len(record):]
		}
	}
}
