package ipc

import (
	"errors"

	"s6box/internal/applet"
	"s6box/ipc/ucspi"
	"s6box/ipc/unixsocket"
)

var cmdS6Ipcclient = applet.Applet{
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
}

func runIpcclient(inv *applet.Invocation) ([]string, error) {
	var verbose, named bool
	var bind, name string
	err := inv.Getopt("qQvp:l:", func(opt byte, value string) error {
		switch opt {
		case 'p':
			bind = value
		case 'l':
			name, named = value, true
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
	if err := ucspi.HandOver(inv, fd); err != nil {
		return nil, err
	}
	if !named {
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
