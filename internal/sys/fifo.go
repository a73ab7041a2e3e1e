package sys

import (
	"errors"
	"unsafe"

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

// WriteFifo writes data to a fifo in one write. ENXIO and EPIPE say that nobody reads it, EAGAIN that it is
// full, ErrNotFifo that it is something else.
func WriteFifo(dirfd int, name string, data []byte) error {
	p, err := unix.ByteSliceFromString(name)
	if err != nil {
		return err
	}
	WithoutSIGPIPE(func() { err = SendFifo(dirfd, p, data, 0) })
	return err
}

// SendFifo is WriteFifo for who writes to many: name ends with a NUL, flags may add O_NOFOLLOW, and the
// caller sees to SIGPIPE. None of its system calls can wait, so the scheduler isn't told of them.
func SendFifo(dirfd int, name, data []byte, flags int) error {
	fd, errno := openFifo(dirfd, name, flags)
	switch {
	case errno == unix.EISDIR:
		return ErrNotFifo
	case errno == unix.ENXIO && !isFifo(dirfd, name): // a socket, a device without driver
		return ErrNotFifo
	case errno != 0:
		return errno
	}
	defer unix.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
	if !isPipe(fd) {
		return ErrNotFifo
	}
	if len(data) > 0 {
		errno = writeOnce(fd, data)
	}
	if errno != 0 {
		return errno
	}
	return nil
}

func openFifo(dirfd int, name []byte, flags int) (fd uintptr, errno unix.Errno) {
	flags |= unix.O_WRONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC | unix.O_LARGEFILE
	for errno = unix.EINTR; errno == unix.EINTR; {
		fd, _, errno = unix.RawSyscall6(unix.SYS_OPENAT, uintptr(dirfd), uintptr(unsafe.Pointer(unsafe.SliceData(name))), uintptr(flags), 0, 0, 0)
	}
	return fd, errno
}

// isPipe asks what costs the kernel least: only a pipe has a size. What does not know the question says so in another way.
func isPipe(fd uintptr) bool {
	switch _, _, errno := unix.RawSyscall(unix.SYS_FCNTL, fd, unix.F_GETPIPE_SZ, 0); errno {
	case 0:
		return true
	case unix.EBADF:
		return false
	}
	var st unix.Stat_t
	return unix.Fstat(int(fd), &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO
}

func isFifo(dirfd int, name []byte) bool {
	var st unix.Stat_t
	return unix.Fstatat(dirfd, string(name[:len(name)-1]), &st, 0) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO
}

func writeOnce(fd uintptr, data []byte) (errno unix.Errno) {
	for errno = unix.EINTR; errno == unix.EINTR; {
		_, _, errno = unix.RawSyscall(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(len(data)))
	}
	return errno
}
