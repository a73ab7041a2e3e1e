package networking

import (
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/ipc/ucspi"
)

var cmdS6Tcpserverd = applet.Applet{
	Name:  "s6-tcpserverd",
	Usage: "[ -v verbosity ] [ -1 ] [ -c maxconn ] [ -C localmaxconn ] prog...",
	Help: `Accepts connections on the TCP socket that is its stdin and runs prog for each, as its stdin and stdout.

  -v N  0 quiet, 1 normal, 2 verbose
  -1    write the port to stdout when ready
  -c N  at most N connections (40)
  -C N  at most N connections from one address (40)

prog has the variables PROTO=TCP, TCPLOCALIP and TCPLOCALPORT, TCPREMOTEIP and TCPREMOTEPORT, and TCPCONNNUM, the number
of connections that there are already from the same address.

Signals: TERM exits; HUP sends TERM and CONT to all children; QUIT does both; ABRT kills them and exits.

Exit codes: 100 usage or stdin is no socket, 111 a system call failed.

Example: s6-tcpserver-socketbinder 127.0.0.1 7 s6-tcpserverd -v2 cat
`,
	Run: runTcpserverd,
}

func runTcpserverd(inv *applet.Invocation) error {
	s := ucspi.Server{Inv: inv, Verbosity: 1, Identify: identify, TermCont: "SIGTERM and SIGCONT"}
	ready := false
	var maxconn, local uint64 = 40, 40
	err := inv.Getopt("v:1c:C:", func(opt byte, value string) error {
		switch opt {
		case 'v':
			return inv.Uint(&s.Verbosity)(value)
		case '1':
			ready = true
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
	s.Limit(maxconn, local)
	var bound unix.Sockaddr
	if s.Listener, bound, err = ucspi.Inherit(inv); err != nil {
		return err
	}
	here, ok := inet.AddressOf(bound)
	if !ok {
		return applet.System(unix.EAFNOSUPPORT, "get local socket information")
	}
	ip, port := here.Addr.String(), strconv.Itoa(int(here.Port))
	s.Starting = fmt.Sprintf("starting - bound to ip %s port %s", ip, port)
	s.Env = inv.Proc.Env.Set("PROTO", "TCP").Set("TCPLOCALIP", ip).Set("TCPLOCALPORT", port)
	line := ""
	if ready {
		line = port + "\n"
	}
	return s.Serve(line)
}
