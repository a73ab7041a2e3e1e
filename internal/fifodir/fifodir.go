// Package fifodir implements event fifo directories: a notifier writes an event to every fifo in the
// directory, a listener makes one there and reads it. Fifos and modes are those of s6's libftrig, so both
// sides work with s6's own. See the page https://skarnet.org/software/s6/fifodir.html.
//
// A path is relative to a directory descriptor, as in openat(2); sys.AT is the working directory.
package fifodir

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

const (
	prefix  = "ftrig1"
	nameLen = len(prefix + ":@" + "0123456789abcdef01234567" + ":XXXXXX")

	public     = 0o1733
	restricted = 0o3730
)

// Public is the group of a directory that everybody may listen to.
const Public = -1

// Make makes a fifo directory that the members of group gid, or with Public everybody, may listen to. One
// that exists stays as it is, unless force says to set its group and mode. Anything but a directory in its
// place is ENOTDIR.
func Make(dirfd int, path string, gid int, force bool) error {
	err := unix.Mkdirat(dirfd, path, 0o700)
	if err != nil && err != unix.EEXIST {
		return err
	}
	fd, oerr := openDir(dirfd, path)
	if oerr != nil {
		return oerr
	}
	defer unix.Close(fd)
	if err == unix.EEXIST && !force {
		return nil
	}
	return setAccess(fd, gid)
}

func setAccess(fd, gid int) error {
	if gid == Public {
		return unix.Fchmod(fd, public)
	}
	if err := unix.Fchown(fd, -1, gid); err != nil {
		return err
	}
	return unix.Fchmod(fd, restricted)
}

// Notify sends event, in one write, to every listener of the directory, and removes the fifos nobody reads
// any more. Listeners that can't take it are skipped. It returns how many got it.
func Notify(dirfd int, path, event string) (n int, err error) {
	dir, names, err := open(dirfd, path)
	if err != nil {
		return 0, err
	}
	defer unix.Close(dir)
	if len(names) == 0 {
		return 0, nil
	}
	data := []byte(event)
	sys.WithoutSIGPIPE(func() {
		each(dir, names, func(fd int, name string) {
			switch _, err := unix.Write(fd, data); err {
			case nil:
				n++
			case unix.EPIPE:
				unix.Unlinkat(dir, name, 0)
			}
		})
	})
	return n, nil
}

// Clean removes the fifos nobody reads any more.
func Clean(dirfd int, path string) error {
	dir, names, err := open(dirfd, path)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	each(dir, names, func(int, string) {})
	return nil
}

// open opens a fifodir and lists its listeners.
func open(dirfd int, path string) (dir int, names []string, err error) {
	if dir, err = openDir(dirfd, path); err != nil {
		return -1, nil, err
	}
	if names, err = list(dir); err != nil {
		unix.Close(dir)
	}
	return dir, names, err
}

// each opens the fifo of every listener for writing and calls f with it; stale ones are removed. Others may
// make files here: links are not followed, and nothing but a fifo is opened.
func each(dir int, names []string, f func(fd int, name string)) {
	for _, name := range names {
		fd, err := sys.OpenFifoWriter(dir, name, unix.O_NOFOLLOW)
		if err == unix.ENXIO {
			unix.Unlinkat(dir, name, 0)
		}
		if err != nil {
			continue
		}
		f(fd, name)
		unix.Close(fd)
	}
}

func openDir(dirfd int, path string) (int, error) {
	return sys.Open(dirfd, path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
}

// list returns the listeners' names in the open directory dir.
func list(dir int) (names []string, err error) {
	var buf [4096]byte
	var all []string
	for {
		n, err := unix.ReadDirent(dir, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return names, nil
		}
		_, _, all = unix.ParseDirent(buf[:n], -1, all[:0])
		for _, name := range all {
			if len(name) == nameLen && strings.HasPrefix(name, prefix) {
				names = append(names, name)
			}
		}
	}
}
