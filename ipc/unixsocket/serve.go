package unixsocket

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// Serve listens on path, in place of whatever is there, until ctx is done. handle gets each connection, close-on-exec and
// non-blocking, on a goroutine of its own. ready is called when clients can connect. Where descriptors are scarce,
// clients wait.
func Serve(ctx context.Context, path string, ready func(), handle func(fd int)) error {
	listener, err := listen(path)
	if err != nil {
		return applet.System(err, "listen on %s", path)
	}
	defer listener.Close()
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	raw, err := listener.SyscallConn()
	if err != nil {
		return err
	}
	ready()
	for {
		fd, _, err := sys.Accept(raw, unix.SOCK_NONBLOCK)
		switch {
		case ctx.Err() != nil:
			if err == nil {
				unix.Close(fd)
			}
			return nil
		case sys.Scarce(err):
			pause(ctx, time.Second)
		case err != nil:
			return applet.System(err, "accept on %s", path)
		default:
			go handle(fd)
		}
	}
}

// pause waits for a while, or until ctx is done.
func pause(ctx context.Context, while time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(while):
	}
}

func listen(path string) (*os.File, error) {
	if err := sys.RemoveAll(sys.AT, path); err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err = Bind(fd, path); err == nil {
		err = unix.Listen(fd, unix.SOMAXCONN)
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), path), nil
}

// Trusted tells whether the peer of a connection is root, in its group, or the user of this process.
func Trusted(fd int) bool {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	return err == nil && (cred.Uid == 0 || cred.Gid == 0 || int(cred.Uid) == unix.Geteuid())
}
