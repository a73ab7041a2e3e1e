package shell

import (
	"errors"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// file is an open file of this process that descriptor numbers of shells share. It is closed with its last
// user. Its own number is high, out of the way of those that scripts choose, and close-on-exec.
type file struct {
	fd    int
	users atomic.Int32
}

// highest numbers first: scripts are known to use 9, 99, 100, 200, 254 and 255.
var bases = [...]int{1024, 512, 300, 64, 10}

// newFile moves fd out of the way and takes it over.
func newFile(fd int) (*file, error) {
	high, err := dupHigh(fd)
	unix.Close(fd)
	if err != nil {
		return nil, err
	}
	return holdFile(high), nil
}

func holdFile(fd int) *file {
	f := &file{fd: fd}
	f.users.Store(1)
	return f
}

func dupHigh(fd int) (int, error) {
	var err error
	for _, base := range bases {
		var high int
		if high, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, base); err == nil {
			return high, nil
		}
		if err == unix.EBADF {
			return -1, err
		}
	}
	return -1, err
}

func (f *file) share() *file {
	f.users.Add(1)
	return f
}

func (f *file) release() {
	if f != nil && f.users.Add(-1) == 0 {
		unix.Close(f.fd)
	}
}

// pipe makes a pipe out of the way.
func pipe() (r, w *file, err error) {
	rfd, wfd, err := proc.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if r, err = newFile(rfd); err != nil {
		unix.Close(wfd)
		return nil, nil, err
	}
	if w, err = newFile(wfd); err != nil {
		r.release()
		return nil, nil, err
	}
	return r, w, nil
}

// table maps descriptor numbers of a shell to files; nil is a closed number. A number that is not in the
// table is this process's own.
type table map[int]*file

func (t table) fork() table {
	out := make(table, len(t)+1)
	for n, f := range t {
		if f != nil {
			f.share()
		}
		out[n] = f
	}
	return out
}

func (t table) release() {
	for n, f := range t {
		f.release()
		delete(t, n)
	}
}

// fd returns the descriptor of this process that number n of the shell stands for, or EBADF.
func (sh *Shell) fd(n int) (int, error) {
	if f, ok := sh.files[n]; ok {
		if f == nil {
			return -1, unix.EBADF
		}
		return f.fd, nil
	}
	if n < 0 {
		return -1, unix.EBADF
	}
	flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC != 0 {
		return -1, unix.EBADF
	}
	return n, nil
}

// open returns the file of number n with one more user.
func (sh *Shell) openFile(n int) (*file, error) {
	if f := sh.files[n]; f != nil {
		return f.share(), nil
	}
	real, err := sh.fd(n)
	if err != nil {
		return nil, err
	}
	high, err := dupHigh(real)
	if err != nil {
		return nil, err
	}
	return holdFile(high), nil
}

// setFile makes number n stand for f, whose user it becomes; nil closes the number.
func (sh *Shell) setFile(n int, f *file) {
	sh.files[n].release()
	sh.files[n] = f
}

// settle makes what the table says of number n true of the process itself, so that nothing of the script
// is held open behind its back. What is not the script's stays: the Go runtime waits on a descriptor that it may open
// at any time, with the lowest number that is free.
func (sh *Shell) settle(n int) {
	if flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		sh.place(n)
	}
}

// place is settle for a process that is about to be another program.
func (sh *Shell) place(n int) {
	f, ok := sh.files[n]
	if !ok || !sh.root() || n >= bases[0] {
		return
	}
	if f == nil {
		unix.Close(n)
	} else if sh.st.BorrowFD(n, f.fd) != nil {
		return
	}
	f.release()
	delete(sh.files, n)
}

// child makes the virtual process of a command that the shell starts.
func (sh *Shell) child() *proc.State {
	st := sh.st.Clone()
	for n, f := range sh.files {
		if f == nil {
			st.CloseFD(n)
		} else {
			st.BorrowFD(n, f.fd)
		}
	}
	st.Env = sh.environ()
	return st
}

func isPipe(err error) bool { return errors.Is(err, unix.EPIPE) }

// reason is the text of an error as strerror words it.
func reason(err error) string {
	var errno unix.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	text := []byte(errno.Error())
	if text[0] >= 'a' && text[0] <= 'z' {
		text[0] -= 'a' - 'A'
	}
	return string(text)
}
