// Package fifodir implements event fifo directories: a notifier writes an event to every fifo in the
// directory, a listener makes one there and reads it. Fifos and modes are those of s6's libftrig, so both
// sides work with s6's own. See the page https://skarnet.org/software/s6/fifodir.html.
//
// A path is relative to a directory descriptor, as in openat(2); sys.AT is the working directory.
package fifodir

import (
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
	existed := err != nil
	flags := unix.O_RDONLY | unix.O_DIRECTORY
	if !existed {
		flags |= unix.O_NOFOLLOW // a link there has been put in the place of what was made
	}
	fd, err := sys.Open(dirfd, path, flags, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if existed && !force {
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
	return send(dirfd, path, []byte(event))
}

// Clean removes the fifos nobody reads any more.
func Clean(dirfd int, path string) error {
	_, err := send(dirfd, path, nil)
	return err
}

// send writes data to the fifo of every listener and removes the stale ones. Others may make files in the
// directory: links are not followed, and nothing but a fifo is written to.
func send(dirfd int, path string, data []byte) (n int, err error) {
	dir, err := sys.Open(dirfd, path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(dir)
	d := sys.Dirents{FD: dir}
	name, err := listener(&d)
	if name == nil {
		return 0, err // mostly: nobody listens
	}
	sys.WithoutSIGPIPE(func() {
		for ; name != nil; name, err = listener(&d) {
			switch sys.SendFifo(dir, name, data, unix.O_NOFOLLOW) {
			case nil:
				n++
			case unix.ENXIO, unix.EPIPE:
				unix.Unlinkat(dir, string(name[:nameLen]), 0)
			}
		}
	})
	return n, err
}

// listener returns the name of the next listener's fifo, with a NUL behind it, or nil.
func listener(d *sys.Dirents) ([]byte, error) {
	for {
		name, _, err := d.Next()
		if name == nil || len(name) == nameLen+1 && string(name[:len(prefix)]) == prefix {
			return name, err
		}
	}
}
