package ipc

import (
	"math"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/ipc/unixsocket"
)

var cmdS6IpcserverSocketbinder = applet.Applet{
	Name:  "s6-ipcserver-socketbinder",
	Usage: "[ -d | -D ] [ -b backlog ] [ -M | -m ] [ -a perms ] [ -B ] path prog...",
	Help: `Binds a Unix socket to path, listens, and runs prog with the socket as its stdin.

  -d          remove a socket that is there already, if nobody is binding it right now (default)
  -D          fail if path exists
  -b BACKLOG  length of the queue of connections (as long as the system allows); 0: don't listen
  -M, -m      stream (default) or datagram socket; -m wants -b 0
  -a PERMS    permissions of the socket, in octal (0777)
  -B          a blocking socket

Exit codes: 100 usage, 111 the socket can't be made.

Example: s6-ipcserver-socketbinder -a 0700 /run/app.sock s6-ipcserverd app
`,
	Chain: runSocketbinder,
}

// listener is a socket to be bound.
type listener struct {
	path     string
	perms    uint64
	backlog  int
	kind     int
	keep     bool // what is at path already
	blocking bool
}

func runSocketbinder(inv *applet.Invocation) ([]string, error) {
	if err := inv.Proc.Own(); err != nil {
		return nil, err // the umask is in the way of any other process
	}
	l := listener{perms: 0o777, backlog: math.MaxInt32, kind: unix.SOCK_STREAM}
	err := inv.Getopt("dDb:Mma:B", func(opt byte, value string) error {
		switch opt {
		case 'd', 'D':
			l.keep = opt == 'D'
		case 'b':
			var n uint64
			if err := inv.Uint(&n)(value); err != nil {
				return err
			}
			l.backlog = int(min(n, math.MaxInt32))
		case 'M':
			l.kind = unix.SOCK_STREAM
		case 'm':
			l.kind = unix.SOCK_DGRAM
		case 'a':
			var err error
			if l.perms, err = strconv.ParseUint(value, 8, 32); err != nil {
				return inv.UsageError()
			}
		case 'B':
			l.blocking = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	l.path = inv.Args[0]
	fd, err := l.make(inv)
	if err != nil {
		return nil, err
	}
	if err := inv.Proc.SetFD(0, fd); err != nil {
		return nil, applet.System(err, "make the socket stdin")
	}
	return inv.Args[1:], nil
}

func (l *listener) make(inv *applet.Invocation) (fd int, err error) {
	flags := unix.SOCK_CLOEXEC
	if !l.blocking {
		flags |= unix.SOCK_NONBLOCK
	}
	fd, err = unix.Socket(unix.AF_UNIX, l.kind|flags, 0)
	if err != nil {
		return -1, applet.System(err, "create socket")
	}
	if err := inv.Proc.WithUmask(int(0o777&^l.perms), func() error {
		if l.keep {
			return unixsocket.Bind(fd, l.path)
		}
		return unixsocket.Rebind(fd, l.path)
	}); err != nil {
		unix.Close(fd)
		return -1, applet.System(err, "bind to %s", l.path)
	}
	if l.backlog > 0 {
		if err := unix.Listen(fd, l.backlog); err != nil {
			unix.Close(fd)
			return -1, applet.System(err, "listen to %s", l.path)
		}
	}
	return fd, nil
}
