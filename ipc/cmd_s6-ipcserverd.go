package ipc

import (
	"s6box/internal/applet"
	"s6box/ipc/ucspi"
)

var cmdS6Ipcserverd = applet.Applet{
	Name:  "s6-ipcserverd",
	Usage: "[ -v verbosity ] [ -1 ] [ -P | -p ] [ -c maxconn ] [ -C localmaxconn ] prog...",
	Help: `Accepts connections on the Unix socket that is its stdin and runs prog for each, as its stdin and stdout.

  -v N        0 quiet, 1 normal, 2 verbose
  -1          write a newline to stdout when ready
  -P, -p      don't look up the client's ids; do (default)
  -c N        at most N connections (40)
  -C N        at most N connections of one user (40)

prog has the variables PROTO=IPC, IPCREMOTEEUID, IPCREMOTEEGID (unset with -P), IPCREMOTEPATH, and IPCCONNNUM, the
number of connections that the same user has already.

Signals: TERM exits; HUP sends TERM and CONT to all children; QUIT does both; ABRT kills them and exits.

Exit codes: 0 told to end, 100 wrong usage, 111 a system call failed.

Example: s6-ipcserver-socketbinder /run/echo.sock s6-ipcserverd -v2 cat
`,
	Run: runIpcserverd,
}

func runIpcserverd(inv *applet.Invocation) error {
	s := ucspi.Server{Inv: inv, Verbosity: 1, Identify: identify, Starting: "starting", TermCont: "SIGTERM+SIGCONT", Session: serveOneshots}
	ready, anonymous := "", false
	var maxconn, local uint64 = 40, 40
	err := inv.Getopt("v:1Ppc:C:", func(opt byte, value string) error {
		switch opt {
		case 'v':
			return inv.Uint(&s.Verbosity)(value)
		case '1':
			ready = "\n"
		case 'P', 'p':
			anonymous = opt == 'P'
		case 'c':
			return inv.Uint(&maxconn)(value)
		case 'C':
			return inv.Uint(&local)(value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if ready != "" {
		if err := ucspi.CanAnnounce(inv); err != nil {
			return err
		}
	}
	s.Limit(maxconn, local)
	if anonymous {
		s.Identify, s.MaxPerKey = identifyNobody, s.Max
	}
	if s.Listener, _, err = ucspi.Inherit(inv); err != nil {
		return err
	}
	s.Env = inv.Proc.Env.Set("PROTO", "IPC")
	return s.Serve(ready)
}
