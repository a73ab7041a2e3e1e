package networking

import (
	"time"

	"s6box/internal/applet"
	"s6box/internal/inet"
)

var cmdS6TcpserverAccess = applet.Applet{
	Name: "s6-tcpserver-access",
	Usage: "[ -v verbosity ] [ -W | -w ] [ -D | -d ] [ -H ] [ -h ] [ -R | -r ] [ -P | -p ] [ -l localname ] " +
		"[ -B banner ] [ -t timeout ] [ -i rulesdir | -x rulesfile ] prog...",
	Help: `Goes on with prog if the rules let the client in, whose address s6-tcpserverd has put into TCPREMOTEIP. It sets
TCPREMOTEHOST and TCPLOCALHOST to the names that the DNS has for the two ends.

  -v N       0 quiet, 1 log clients let in (default), 2 log those refused as well, 3 log why names can't be had
  -i DIR     rules in a directory: see s6-accessrules-cdb-from-fs
  -x FILE    the same, compiled
  -H         no look-ups in the DNS, unless -p asks for them
  -h         /etc/hosts comes before the DNS
  -p, -P     refuse a client whose name has not its address; don't (default)
  -r, -R     set TCPREMOTEINFO to what the client's IDENT server says; don't (default)
  -w, -W     refuse the client if the DNS or its IDENT server fails; don't (default)
  -D, -d     don't hold small packets back (TCP_NODELAY); do (default)
  -l NAME    NAME for TCPLOCALHOST
  -B BANNER  write BANNER to the client before anything else
  -t MS      give up after MS milliseconds

A client whose address has no rule is let in if there is one for its name: reversedns/NAME, without its first labels,
or reversedns/@. Without -i or -x everybody is let in. A rule may change variables, and have another program run.

Exit codes: 1 the client is refused, 2 by -w as its IDENT server said no, 99 timed out, 100 usage or not run by a
server, 111 a system call failed.

Example: s6-tcpserver 0.0.0.0 7000 s6-tcpserver-access -H -i /etc/rules server
`,
	Chain: runTcpAccess,
	Waits: true,
}

func runTcpAccess(inv *applet.Invocation) ([]string, error) {
	a := access{Invocation: inv, verbosity: 1}
	if err := inv.Getopt("v:WwDdHhRrPpl:B:t:i:x:", a.option); err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.Own(); err != nil {
		return nil, err // messages tell the pid
	}
	return a.run()
}

// access is the task of s6-tcpserver-access.
type access struct {
	*applet.Invocation
	verbosity uint64
	fatal     bool // a failure of DNS or IDENT is
	noDelay   bool
	noDNS     bool
	hosts     bool
	ident     bool
	paranoid  bool
	local     string
	localSet  bool
	banner    string
	timeout   uint64 // in milliseconds
	dir, file string

	deadline     time.Time
	proto        string
	remote, here inet.AddrPort
}

func (a *access) option(opt byte, value string) error {
	switch opt {
	case 'v':
		return a.Uint(&a.verbosity)(value)
	case 'W', 'w':
		a.fatal = opt == 'w'
	case 'D', 'd':
		a.noDelay = opt == 'D'
	case 'H':
		a.noDNS = true
	case 'h':
		a.hosts = true
	case 'R', 'r':
		a.ident = opt == 'r'
	case 'P', 'p':
		a.paranoid = opt == 'p'
	case 'l':
		a.local, a.localSet = value, true
	case 'B':
		a.banner = value
	case 't':
		return a.Uint(&a.timeout)(value)
	case 'i':
		a.dir, a.file = value, ""
	case 'x':
		a.dir, a.file = "", value
	}
	return nil
}
