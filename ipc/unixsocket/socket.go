// Package unixsocket makes Unix domain sockets as raw descriptors, with paths of any length.
package unixsocket

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// maxPath is the longest path that fits into a socket address. Longer ones go through the directory's entry
// in /proc.
const maxPath = 107

// NoWait is a timeout for Dial: where it would have to wait it fails with EAGAIN.
const NoWait time.Duration = -1

// Dial connects to the stream socket at path and returns a descriptor that is non-blocking and
// close-on-exec. local, unless empty, is the path the client's end is bound to. timeout 0 is none.
func Dial(path, local string, timeout time.Duration) (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if local != "" {
		if err := Bind(fd, local); err != nil {
			unix.Close(fd)
			return -1, &BindError{err}
		}
	}
	if err := connect(fd, path, timeout); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// BindError is a failure of Dial to bind the client's end.
type BindError struct{ Err error }

func (e *BindError) Error() string { return "bind: " + e.Err.Error() }
func (e *BindError) Unwrap() error { return e.Err }

func connect(fd int, path string, timeout time.Duration) error {
	var deadline time.Time
	if timeout > 0 {
		deadline = time.Now().Add(timeout)
	}
	return withAddress(path, func(addr unix.Sockaddr) error {
		for {
			// A Unix socket never connects in the background: EAGAIN says that the backlog is full, and no
			// event tells when it no longer is.
			err := unix.Connect(fd, addr)
			if err != unix.EAGAIN && err != unix.EINTR || err == unix.EAGAIN && timeout == NoWait {
				return err
			}
			if sys.Past(deadline) {
				return unix.ETIMEDOUT
			}
			if err == unix.EAGAIN {
				if err := connectBlocking(fd, addr, deadline); err != unix.EAGAIN && err != unix.EINTR {
					return err
				}
			}
		}
	})
}

// connectBlocking waits in connect(2) itself for a place in the backlog.
func connectBlocking(fd int, addr unix.Sockaddr, deadline time.Time) error {
	var tv unix.Timeval
	if !deadline.IsZero() {
		tv = unix.NsecToTimeval(int64(max(time.Until(deadline), time.Millisecond)))
	}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &tv); err != nil {
		return err
	}
	if err := unix.SetNonblock(fd, false); err != nil {
		return err
	}
	defer unix.SetNonblock(fd, true)
	return unix.Connect(fd, addr)
}

// Bind binds fd to path.
func Bind(fd int, path string) error {
	return withAddress(path, func(addr unix.Sockaddr) error { return unix.Bind(fd, addr) })
}

// Rebind is Bind in place of what is there already, unless that is a directory. Who replaces a socket holds a lock
// meanwhile, PATH.lock, lest two of them do and one goes without a name.
func Rebind(fd int, path string) error {
	lock, err := sys.Open(sys.AT, path+".lock", unix.O_WRONLY|unix.O_CREAT|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	defer unix.Close(lock)
	if err := sys.Lock(lock); err != nil {
		return err
	}
	if err := remove(path); err != nil {
		return err
	}
	return Bind(fd, path)
}

func remove(path string) error {
	err := unix.Unlink(path)
	if err == unix.ENOENT || err == unix.EISDIR {
		return nil // and of a directory, to bind says what is wrong
	}
	return err
}

// withAddress calls f with the address of path.
func withAddress(path string, f func(unix.Sockaddr) error) error {
	if strings.HasPrefix(path, "@") {
		path = "./" + path // package unix takes a leading @ for the abstract namespace
	}
	if len(path) <= maxPath {
		return f(&unix.SockaddrUnix{Name: path})
	}
	slash := strings.LastIndexByte(path, '/')
	if slash < 0 {
		return unix.ENAMETOOLONG
	}
	dir, err := sys.Open(sys.AT, path[:slash+1], unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	name := "/proc/self/fd/" + strconv.Itoa(dir) + path[slash:]
	if len(name) > maxPath {
		return unix.ENAMETOOLONG
	}
	return f(&unix.SockaddrUnix{Name: name})
}

// Name returns the path of a Unix socket address; "" if it has none or is in the abstract namespace, which
// package unix writes with a leading @.
func Name(addr unix.Sockaddr) string {
	if un, ok := addr.(*unix.SockaddrUnix); ok && !strings.HasPrefix(un.Name, "@") {
		return un.Name
	}
	return ""
}
