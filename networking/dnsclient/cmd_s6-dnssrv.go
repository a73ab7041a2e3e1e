package dnsclient

import (
	"s6box/internal/applet"
	"s6box/networking/dns"
)

var cmdS6Dnssrv = applet.Applet{
	Name:  "s6-dnssrv",
	Usage: "[ -q ] [ -r ] [ -t timeout ] service protocol name",
	Help: `Prints where the servers of a service are, which the SRV records of _service._protocol.name have: priority, weight, port
and target, one server per line.

` + qualifyOption + commonOptions + caches + exitCodes + `
Example: s6-dnssrv ldap tcp example.com
`,
	Run: runSrv,
}

func runSrv(inv *applet.Invocation) error {
	l, err := newLookup(inv, "qrt:", 3)
	if err != nil {
		return err
	}
	return l.records("_"+l.Args[0]+"._"+l.Args[1]+"."+l.Args[2], dns.SRV)
}
