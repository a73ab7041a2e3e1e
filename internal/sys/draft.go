package sys

import (
	"strings"

	"golang.org/x/sys/unix"
)

// A draft is a directory that is being filled before it gets its name by renaming. Its maker holds a lock on it, so that
// others can tell one that a killed process has left.

// Draft makes a directory called stem and a random suffix, with the permissions mode. It is in the works as long as the
// descriptor of it is open.
func Draft(stem string, mode uint32) (path string, fd int, err error) {
	for {
		path = Unique(stem)
		if err := unix.Mkdir(path, mode); err != nil {
			return "", -1, err
		}
		if fd, err = Open(AT, path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0); err == nil {
			unix.Flock(fd, unix.LOCK_EX) // where there are no such locks, nothing is swept
			if reached(path, fd) {
				return path, fd, nil
			}
			unix.Close(fd)
		} else if err != unix.ENOENT {
			unix.Rmdir(path)
			return "", -1, err
		}
	}
}

// reached tells whether a path leads to an open file: it does not if that was swept away before it was locked.
func reached(path string, fd int) bool {
	var a, b unix.Stat_t
	return unix.Lstat(path, &a) == nil && unix.Fstat(fd, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// Abandoned removes the drafts with that stem, but those that keep wants, that nobody works on any more. It is best effort.
func Abandoned(stem string, keep func(path string) bool) {
	slash := strings.LastIndexByte(stem, '/') + 1
	names, _ := ReadDir(AT, stem[:slash]+".")
	for _, name := range names {
		path := stem[:slash] + name
		if len(path) != len(stem)+suffixLen || !strings.HasPrefix(path, stem) || keep != nil && keep(path) {
			continue
		}
		fd, err := Open(AT, path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		if err != nil {
			continue
		}
		if unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) == nil {
			RemoveAll(AT, path)
		}
		unix.Close(fd)
	}
}
