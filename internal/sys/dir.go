package sys

import "golang.org/x/sys/unix"

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
func ReadDirFD(fd int) ([]string, error) {
	var names []string
	buf := make([]byte, 8192)
	for {
		n, err := unix.ReadDirent(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}
