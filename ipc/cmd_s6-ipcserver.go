package ipc

import (
	"strconv"

	"s6box/internal/applet"
)

func init() {
	applet.Register(&applet.Applet{
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

Example: s6-ipcserver -1 /run/echo.sock cat
`,
		Chain: runIpcserver,
	})
}

func runIpcserver(inv *applet.Invocation) ([]string, error) {
	var b binder
	binderArgs, serverArgs := []string{}, []string{}
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
			return numberFor(inv, &serverArgs, opt, value)
		case 'd', 'D':
			binderArgs = append(binderArgs, "-"+string(opt))
		case 'b':
			return numberFor(inv, &binderArgs, opt, value)
		case 'a':
			if _, err := strconv.ParseUint(value, 8, 12); err != nil {
				return inv.UsageError()
			}
			binderArgs = append(binderArgs, "-a", value)
		default:
			return b.identity(inv, opt, value)
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
	return b.line(binderArgs, inv.Args[0], append(server, inv.Args[1:]...)), nil
}

// binder makes the command line that binds a socket and drops privileges in front of a server.
type binder struct{ ids []string }

// identity takes the options -G, -g, -u and -U, as s6-applyuidgid has them.
func (b *binder) identity(inv *applet.Invocation, opt byte, value string) error {
	switch opt {
	case 'U':
		b.ids = append(b.ids, "-U")
	case 'G':
		b.ids = append(b.ids, "-G", value)
	default:
		return numberFor(inv, &b.ids, opt, value)
	}
	return nil
}

func (b *binder) line(binderArgs []string, path string, server []string) []string {
	line := append([]string{"s6-ipcserver-socketbinder"}, binderArgs...)
	line = append(line, "--", path)
	if len(b.ids) > 0 {
		line = append(append(append(line, "s6-applyuidgid", "-z"), b.ids...), "--")
	}
	return append(line, server...)
}

// numberFor passes an option with a number on.
func numberFor(inv *applet.Invocation, args *[]string, opt byte, value string) error {
	if _, ok := applet.ParseUint(value); !ok {
		return inv.UsageError()
	}
	*args = append(*args, "-"+string(opt), value)
	return nil
}
