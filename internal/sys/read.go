// Package sys is thin wrappers of system calls, without policy. None of them opens the runtime's poller, so
// that chain commands may use them.
package sys

import (
	"golang.org/x/sys/unix"
)

// Open is open(2), close-on-exec, repeated when a signal interrupts it.
func Open(path string, flags int, mode uint32) (int, error) {
	for {
		fd, err := unix.Open(path, flags|unix.O_CLOEXEC, mode)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// ReadFile returns the content of a file. The error is the bare errno.
func ReadFile(path string) ([]byte, error) { return ReadFileLimit(path, -1) }

// ReadFileLimit returns at most the first limit bytes of a file; a negative limit is none.
func ReadFileLimit(path string, limit int) ([]byte, error) {
	fd, err := Open(path, unix.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	return ReadAll(fd, limit)
}

// ReadAll reads fd up to its end, or at most limit bytes unless limit is negative.
func ReadAll(fd, limit int) ([]byte, error) {
	size := 512
	var st unix.Stat_t
	if unix.Fstat(fd, &st) == nil && st.Size >= int64(size) {
		size = int(st.Size) + 1
	}
	if limit >= 0 {
		size = min(size, limit)
	}
	data := make([]byte, 0, size)
	for limit < 0 || len(data) < limit {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		free := data[len(data):cap(data)]
		if limit >= 0 {
			free = free[:min(len(free), limit-len(data))]
		}
		n, err := unix.Read(fd, free)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil, err
		case n == 0:
			return data, nil
		default:
			data = data[:len(data)+n]
		}
	}
	return data, nil
}

// ReadDir returns the names in a directory in the order the kernel has them, without . and .. ones.
func ReadDir(path string) ([]string, error) {
	fd, err := Open(path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
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
