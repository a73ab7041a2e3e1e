package sys

import (
	"errors"

	"golang.org/x/sys/unix"
)

// ErrNotFifo says that a file that should be a fifo is something else.
var ErrNotFifo = errors.New("not a fifo")

// Mkfifo makes a fifo; one that is there already will do, anything else of that name is ErrNotFifo. The
// umask applies to mode.
func Mkfifo(dirfd int, name string, mode uint32) error {
	err := unix.Mknodat(dirfd, name, unix.S_IFIFO|mode, 0)
	if err != unix.EEXIST {
		return err
	}
	var st unix.Stat_t
	if err := unix.Fstatat(dirfd, name, &st, 0); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return ErrNotFifo
	}
	return nil
}

// OpenFifoWriter opens a fifo for writing, without waiting: ENXIO when nobody reads it. It opens nothing
// but a fifo: the error is ErrNotFifo. flags may add O_NOFOLLOW.
func OpenFifoWriter(dirfd int, name string, flags int) (int, error) {
	fd, err := Open(dirfd, name, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|flags, 0)
	switch {
	case err == unix.EISDIR:
		return -1, ErrNotFifo
	case err == unix.ENXIO && !isFifo(dirfd, name): // a socket, a device without driver
		return -1, ErrNotFifo
	case err != nil:
		return -1, err
	}
	var st unix.Stat_t
	err = unix.Fstat(fd, &st)
	if err == nil && st.Mode&unix.S_IFMT != unix.S_IFIFO {
		err = ErrNotFifo
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func isFifo(dirfd int, name string) bool {
	var st unix.Stat_t
	return unix.Fstatat(dirfd, name, &st, 0) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO
}

// WriteFifo writes data to a fifo in one write. ENXIO and EPIPE say that nobody reads it, EAGAIN that it is
// full.
func WriteFifo(dirfd int, name string, data []byte) error {
	fd, err := OpenFifoWriter(dirfd, name, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if len(data) == 0 {
		return nil
	}
	WithoutSIGPIPE(func() { err = writeOnce(fd, data) })
	return err
}

func writeOnce(fd int, data []byte) error {
	for {
		_, err := unix.Write(fd, data)
		if err != unix.EINTR {
			return err
		}
	}
}
