package shell

import (
	"io"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// path returns name as a system call of this process takes it: relative to the shell's directory, and with
// the descriptors of the shell where name is one of /dev/fd.
func (sh *Shell) path(name string) (string, error) {
	if n, ok := proc.FDName(name); ok {
		real, err := sh.fd(n)
		if err != nil {
			return "", unix.ENOENT
		}
		return "/proc/self/fd/" + strconv.Itoa(real), nil
	}
	return sh.st.Path(name)
}

// open opens a file for the shell; the descriptor is close-on-exec and the caller's.
func (sh *Shell) open(name string, flags int) (int, error) {
	n, special := proc.FDName(name)
	if !special {
		var fd int
		var err error
		sh.blocking(func() { fd, err = sh.st.Open(name, flags, 0o666) })
		return fd, err
	}
	real, err := sh.fd(n)
	if err != nil {
		return -1, unix.ENOENT
	}
	fd, err := unix.Open("/proc/self/fd/"+strconv.Itoa(real), flags|unix.O_CLOEXEC, 0o666)
	if err == nil {
		return fd, nil
	}
	// A socket can't be opened again, nor a pipe of another user's; what is open already will do.
	if err == unix.ENXIO || err == unix.EACCES || err == unix.EPERM || err == unix.ENOENT {
		return unix.FcntlInt(uintptr(real), unix.F_DUPFD_CLOEXEC, 3)
	}
	return -1, err
}

func (sh *Shell) stat(name string) (unix.Stat_t, error) {
	var st unix.Stat_t
	path, err := sh.path(name)
	if err != nil {
		return st, err
	}
	return st, unix.Stat(path, &st)
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func itoa(n int) string { return strconv.Itoa(n) }
