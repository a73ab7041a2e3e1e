package ipc

import (
	"strconv"

	"s6box/internal/applet"
	"s6box/ipc/ucspi"
)

var cmdS6Ipcserver = applet.Applet{
	Name: "s6-ipcserver",
	Usage: "[ -q | -Q | -v ] [ -d | -D ] [ -P | -p ] [ -1 ] [ -c maxconn ] [ -C localmaxconn ] [ -b backlog ] " +
		"[ -a socketperms ] [ -G gid,gid,... ] [ -g gid ] [ -u uid ] [ -U ] path prog...",
	Help: `Listens on a Unix socket and runs prog for each connection, as its stdin and stdout. It is short for
s6-ipcserver-socketbinder, then s6-applyuidgid if ids are to change, then s6-ipcserverd.

  -q, -Q, -v   quiet, normal, verbose
  -1           write a newline to stdout when ready
  -a PERMS     permissions of the socket, in octal (0777)
  -b BACKLOG   length of the queue of connections
  -d, -D       replace a socket that exists (default), or don't
  -c N, -C N   at most N connections in all, of one user (40)
  -P, -p       don't look up the client's ids; do (default)
  -u UID, -g GID, -G GIDS, -U   change ids once the socket is bound; -U: to $UID, $GID and $GIDLIST

Exit codes: 100 wrong usage, 111 a system call failed; else those of s6-ipcserverd.

Example: s6-ipcserver -1 /run/echo.sock cat
`,
	Chain: runIpcserver,
}

func runIpcserver(inv *applet.Invocation) ([]string, error) {
	b := ucspi.Binder{Command: "s6-ipcserver-socketbinder"}
	serverArgs := []string{}
	err := inv.Getopt("qQvdDPp1c:C:b:a:G:g:u:U", func(opt byte, value string) error {
		switch opt {
		case 'q':
			serverArgs = append(serverArgs, "-v0")
		case 'Q':
			serverArgs = append(serverArgs, "-v1")
		case 'v':
			serverArgs = append(serverArgs, "-v2")
		case 'P', 'p', '1':
			serverArgs = append(serverArgs, "-"+string(opt))
		case 'c', 'C':
			return ucspi.LimitFor(inv, &serverArgs, opt, value)
		case 'd', 'D':
			b.Args = append(b.Args, "-"+string(opt))
		case 'b':
			return ucspi.NumberFor(inv, &b.Args, opt, value)
		case 'a':
			if _, err := strconv.ParseUint(value, 8, 32); err != nil {
				return inv.UsageError()
			}
			b.Args = append(b.Args, "-a", value)
		default:
			return b.Identity(inv, opt, value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	server := append(append([]string{"s6-ipcserverd"}, serverArgs...), "--")
	return b.Line(inv.Args[:1], append(server, inv.Args[1:]...)), nil
}
