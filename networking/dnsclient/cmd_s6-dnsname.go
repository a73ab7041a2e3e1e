package dnsclient

import (
	"s6box/internal/applet"
	"s6box/internal/inet"
)

var cmdS6Dnsname = applet.Applet{
	Name:  "s6-dnsname",
	Usage: "[ -4 | -6 ] [ -H | -h ] [ -r ] [ -t timeout ] ip",
	Help: `Prints the names of an IP address, one per line.

  -4     ip is an IPv4 address
  -6     ip is an IPv6 address
` + hostsOptions + commonOptions + caches + exitCodes + `
Example: s6-dnsname 95.142.172.232
`,
	Run: runName,
}

func runName(inv *applet.Invocation) error {
	l, err := newLookup(inv, "46Hhrt:", 1)
	if err != nil {
		return err
	}
	ip, ok := inet.ParseAddr(l.Args[0])
	if !ok || l.v4 && !l.v6 && !ip.Is4() || l.v6 && !l.v4 && !ip.Is6() {
		return inv.UsageError()
	}
	names, err := l.resolver.Names(ip, l.deadline)
	return l.finish(l.Args[0], names, err)
}
