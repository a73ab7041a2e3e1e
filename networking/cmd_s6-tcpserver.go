package networking

import (
	"s6box/internal/applet"
	"s6box/ipc/ucspi"
)

var cmdS6Tcpserver = applet.Applet{
	Name: "s6-tcpserver",
	Usage: "[ -q | -Q | -v ] [ -d | -D ] [ -1 ] [ -c maxconn ] [ -C localmaxconn ] [ -b backlog ] " +
		"[ -G gid,gid,... ] [ -g gid ] [ -u uid ] [ -U ] ip port prog...",
	Help: `Listens on a TCP address and runs prog for each connection, as its stdin and stdout. It is short for
s6-tcpserver-socketbinder, then s6-applyuidgid if ids are to change, then s6-tcpserverd.

  -q, -Q, -v  quiet, normal, verbose
  -1          write the port to stdout when ready
  -b BACKLOG  length of the queue of connections
  -d, -D      take an address that was in use a moment ago (default), or don't
  -c N, -C N  at most N connections in all, from one address (40)
  -u UID, -g GID, -G GIDS, -U   change ids once the socket is bound; -U: to $UID, $GID and $GIDLIST

Exit codes: 100 usage, 111 the socket can't be made.

Example: s6-tcpserver -v 0.0.0.0 7 cat
`,
	Chain: runTcpserver,
}

func runTcpserver(inv *applet.Invocation) ([]string, error) {
	b := ucspi.Binder{Command: "s6-tcpserver-socketbinder"}
	server := []string{"s6-tcpserverd"}
	err := inv.Getopt("qQvdD1c:C:b:G:g:u:U", func(opt byte, value string) error {
		switch opt {
		case 'q':
			server = append(server, "-v0")
		case 'Q':
			server = append(server, "-v1")
		case 'v':
			server = append(server, "-v2")
		case '1':
			server = append(server, "-1")
		case 'c', 'C':
			return ucspi.LimitFor(inv, &server, opt, value)
		case 'd', 'D':
			b.Args = append(b.Args, "-"+string(opt))
		case 'b':
			return ucspi.NumberFor(inv, &b.Args, opt, value)
		default:
			return b.Identity(inv, opt, value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	return b.Line(inv.Args[:2], append(append(server, "--"), inv.Args[2:]...)), nil
}
