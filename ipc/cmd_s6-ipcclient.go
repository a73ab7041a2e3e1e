package ipc

import (
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/ipc/unixsocket"
)

func init() {
	applet.Register(&applet.Applet{
		Name:  "s6-ipcclient",
		Usage: "[ -q | -Q | -v ] [ -p bindpath ] [ -l localname ] path prog...",
		Help: `Connects to the Unix socket at path and runs prog with the connection on descriptors 6 (reading) and 7
(writing), and the variables PROTO=IPC and IPCLOCALPATH.

  -q, -Q, -v    quiet, normal, verbose
  -p BINDPATH   bind the client's end to BINDPATH
  -l LOCALNAME  value of IPCLOCALPATH

Exit codes: 111 can't connect.

Example: s6-ipcclient /run/echo.sock s6-ioconnect
`,
		Chain: runIpcclient,
		Waits: true,
	})
}

func runIpcclient(inv *applet.Invocation) ([]string, error) {
	var verbose bool
	var bind, name string
	err := inv.Getopt("qQvp:l:", func(opt byte, value string) error {
		switch opt {
		case 'p':
			bind = value
		case 'l':
			name = value
		default:
			verbose = opt == 'v'
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	fd, err := dial(inv, inv.Args[0], bind)
	if err != nil {
		return nil, err
	}
	if err := handOver(inv, fd); err != nil {
		return nil, applet.System(err, "set up descriptors 6 and 7")
	}
	if name == "" {
		name = bind
	}
	inv.Proc.Env = inv.Proc.Env.Set("PROTO", "IPC").Set("IPCLOCALPATH", name)
	if verbose {
		inv.Info("connected to %s", inv.Args[0])
	}
	return inv.Args[1:], nil
}

func dial(inv *applet.Invocation, path, bind string) (int, error) {
	remote, err := inv.Proc.Path(path)
	if err != nil {
		return -1, err
	}
	local := bind
	if bind != "" {
		if local, err = inv.Proc.Path(bind); err != nil {
			return -1, err
		}
	}
	fd, err := unixsocket.Dial(remote, local, 0)
	var bound *unixsocket.BindError
	switch {
	case errors.As(err, &bound):
		return -1, applet.System(bound.Err, "bind socket to %s", bind)
	case err != nil:
		return -1, applet.System(err, "connect to %s", path)
	}
	return fd, nil
}

// handOver makes the connection descriptors 6 and 7, blocking ones.
func handOver(inv *applet.Invocation, fd int) error {
	err := unix.SetNonblock(fd, false)
	if err == nil {
		if fd == 7 { // SetFD(6) would close it
			fd, err = unix.FcntlInt(7, unix.F_DUPFD_CLOEXEC, 8)
		}
	}
	if err == nil {
		err = inv.Proc.SetFD(6, fd)
	}
	if err == nil {
		err = inv.Proc.CopyFD(7, 6)
	}
	return err
}
