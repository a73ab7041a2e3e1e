package networking

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
	"s6box/ipc/ucspi"
	"s6box/networking/dns"
)

var cmdS6Tcpclient = applet.Applet{
	Name: "s6-tcpclient",
	Usage: "[ -q | -Q | -v ] [ -4 | -6 ] [ -d | -D ] [ -r | -R ] [ -h ] [ -H ] [ -n | -N ] [ -t timeoutinfo ] " +
		"[ -l localname ] [ -T timeoutconn ] [ -i localip ] [ -p localport ] host port prog...",
	Help: `Connects to a TCP port of host, an address or a name, and runs prog with the connection on descriptors 6 (reading)
and 7 (writing). Of the addresses of a name, each is tried for a short time, then each for a long time.

  -q, -Q, -v    quiet, normal, verbose
  -4, -6        only IPv4, only IPv6
  -n, -N        qualify the name by the rules of /etc/resolv.conf or $DNSQUALIFY; don't (default)
  -h            /etc/hosts comes before the DNS
  -H            no look-ups: host is an address
  -i IP, -p PORT   address and port of this end
  -t SECONDS    give up after that time altogether
  -T X+Y        seconds for the first and the second try (2+58)
  -D, -d        don't hold small packets back (TCP_NODELAY); do (default)
  -r, -R        ask the IDENT server of host; don't (default)
  -l NAME       name of this end, for TCPLOCALHOST

prog has the variables PROTO=TCP, TCPREMOTEIP and TCPREMOTEPORT, TCPLOCALIP and TCPLOCALPORT, without -H TCPREMOTEHOST
and TCPLOCALHOST if the DNS has names for the addresses, and with -r TCPREMOTEINFO.

Exit codes: 100 wrong usage or no address, 111 can't connect.

Example: s6-tcpclient -v 127.0.0.1 80 s6-ioconnect
`,
	Chain: runTcpclient,
	Waits: true,
}

// client is the task of s6-tcpclient.
type client struct {
	*applet.Invocation
	verbosity    int
	v4, v6       bool
	noDelay      bool
	ident        bool
	hosts        bool
	noDNS        bool
	qualify      bool
	timeout      uint64 // seconds; 0: none
	tries        [2]uint64
	name         string
	nameSet      bool
	localIP      inet.Addr
	localPort    uint16
	resolver     *dns.Resolver
	local, there inet.AddrPort
}

func runTcpclient(inv *applet.Invocation) ([]string, error) {
	c := client{Invocation: inv, verbosity: 1, v4: true, v6: true, tries: [2]uint64{2, 58}}
	if err := inv.Getopt("qQv46dDrRhHnNt:l:T:i:p:", c.option); err != nil {
		return nil, err
	}
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	port, ok := inet.ParsePort(inv.Args[1])
	if !ok {
		return nil, applet.Fatal(applet.ExitUsage, "invalid port number: %s", inv.Args[1])
	}
	deadline := sys.Deadline(1000 * c.timeout)
	ips, err := c.addresses(inv.Args[0], deadline)
	if err != nil {
		return nil, err
	}
	fd, err := c.connect(ips, port, deadline)
	if err != nil {
		return nil, err
	}
	if c.noDelay {
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	if c.local, err = inet.Local(fd); err != nil {
		return nil, applet.System(err, "get the local address")
	}
	if c.verbosity >= 2 {
		inv.Info("connected to %s port %d", c.there.Addr, c.there.Port)
	}
	c.environment(deadline)
	if err := ucspi.HandOver(inv, fd); err != nil {
		return nil, err
	}
	return inv.Args[2:], nil
}

func (c *client) option(opt byte, value string) error {
	switch opt {
	case 'q', 'Q', 'v':
		c.verbosity = strings.IndexByte("qQv", opt)
	case '4':
		c.v4, c.v6 = true, false
	case '6':
		c.v4, c.v6 = false, true
	case 'd', 'D':
		c.noDelay = opt == 'D'
	case 'r', 'R':
		c.ident = opt == 'r'
	case 'h':
		c.hosts = true
	case 'H':
		c.noDNS = true
	case 'n', 'N':
		c.qualify = opt == 'n'
	case 't':
		return c.Uint(&c.timeout)(value)
	case 'l':
		c.name, c.nameSet = value, true
	case 'T':
		return c.setTries(value)
	case 'i':
		ip, ok := inet.ParseAddr(value)
		if !ok {
			return c.UsageError()
		}
		c.localIP = ip
	case 'p':
		port, ok := inet.ParsePort(value)
		if !ok {
			return c.UsageError()
		}
		c.localPort = port
	}
	return nil
}

// setTries takes the times of -T; without a second one the default stays.
func (c *client) setTries(value string) error {
	for i, word := range strings.SplitN(value, "+", 2) {
		if err := c.Uint(&c.tries[i])(word); err != nil {
			return err
		}
	}
	return nil
}
