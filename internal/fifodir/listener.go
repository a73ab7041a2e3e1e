package fifodir

import (
	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/internal/tai"
)

// Listener is one fifo in a directory. It holds one descriptor.
type Listener struct {
	fd    int
	dirfd int
	file  string
}

// Subscribe starts to listen to the directory: every event from now on can be read from the listener's FD.
// dirfd, unless it is sys.AT, must stay open until Release.
func Subscribe(dirfd int, path string) (*Listener, error) {
	const rights = 0o622 // the notifier, who alone can list the directory, writes; the listener reads
	for {
		name := sys.Unique(prefix + ":" + tai.Now().String() + ":")
		temp := path + "/." + name
		err := unix.Mknodat(dirfd, temp, unix.S_IFIFO|rights, 0)
		if err == unix.EEXIST {
			continue
		}
		if err != nil {
			return nil, err
		}
		l := &Listener{fd: -1, dirfd: dirfd, file: temp}
		if err := l.open(rights); err != nil {
			l.Release()
			return nil, err
		}
		l.file = path + "/" + name
		if err := unix.Renameat(dirfd, temp, dirfd, l.file); err != nil {
			l.file = temp
			l.Release()
			return nil, err
		}
		return l, nil
	}
}

// open opens the fifo both ways, so that it never is at its end, and undoes what the umask took.
func (l *Listener) open(mode uint32) (err error) {
	l.fd, err = sys.Open(l.dirfd, l.file, unix.O_RDWR|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	return unix.Fchmod(l.fd, mode)
}

// FD is the descriptor events are read from: non-blocking, close-on-exec, never at its end.
func (l *Listener) FD() int { return l.fd }

// Read reads the events that have come, at most len(p) bytes; 0 when there are none.
func (l *Listener) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(l.fd, p)
		switch err {
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, nil
		case nil:
			return n, nil
		default:
			return 0, err
		}
	}
}

// Release ends listening and removes the fifo. It may be called again.
func (l *Listener) Release() {
	if l.file != "" {
		unix.Unlinkat(l.dirfd, l.file, 0)
		l.file = ""
	}
	if l.fd >= 0 {
		unix.Close(l.fd)
		l.fd = -1
	}
}
