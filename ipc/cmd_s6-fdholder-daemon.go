package ipc

import (
	"s6box/internal/applet"
	"s6box/ipc/ucspi"
)

var cmdS6FdholderDaemon = applet.Applet{
	Name: "s6-fdholder-daemon",
	Usage: "[ -v verbosity ] [ -d | -D ] [ -1 ] [ -c maxconn ] [ -n maxfds ] [ -b backlog ] [ -G gid,gid,... ] [ -g gid ] " +
		"[ -u uid ] [ -U ] [ -t timeout ] [ -T lameducktimeout ] [ -i rulesdir | -x rulesfile ] path",
	Help: `Listens on a Unix socket and holds file descriptors for its clients. It is short for
s6-ipcserver-socketbinder, then s6-applyuidgid if ids are to change, then s6-fdholderd.

  -1           write a newline to stdout when ready
  -v N         0 quiet, 1 normal, 2 verbose
  -d, -D       replace a socket that exists (default), or don't
  -b BACKLOG   length of the queue of connections
  -c N         at most N clients at a time (16)
  -n N         at most N descriptors (1000)
  -i DIR, -x FILE   who may do what: see s6-fdholderd
  -t MS, -T MS      see s6-fdholderd
  -u UID, -g GID, -G GIDS, -U   change ids once the socket is bound; -U: to $UID, $GID and $GIDLIST

Exit codes: 100 wrong usage, 111 a system call failed; else those of s6-fdholderd.

Example: s6-fdholder-daemon -1 -i rules /run/fdholder/s
`,
	Chain: runFdholderDaemon,
}

func runFdholderDaemon(inv *applet.Invocation) ([]string, error) {
	b := ucspi.Binder{Command: "s6-ipcserver-socketbinder"}
	server := []string{"s6-fdholderd"}
	rules := false
	err := inv.Getopt("v:dD1c:n:b:G:g:u:Ut:T:i:x:", func(opt byte, value string) error {
		switch opt {
		case 'd', 'D':
			b.Args = append(b.Args, "-"+string(opt))
		case 'b':
			return ucspi.NumberFor(inv, &b.Args, opt, value)
		case '1':
			server = append(server, "-1")
		case 'v', 'c', 'n', 't', 'T':
			return ucspi.NumberFor(inv, &server, opt, value)
		case 'i', 'x':
			rules = true
			server = append(server, "-"+string(opt), value)
		default:
			return b.Identity(inv, opt, value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if !rules {
		return nil, applet.Fatal(applet.ExitUsage, "no access rights specified! (option -i or -x)")
	}
	return b.Line(inv.Args[:1], server), nil
}
