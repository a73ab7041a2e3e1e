package dnsclient

import (
	"s6box/internal/applet"
)

const (
	ipUsage   = "[ -q ] [ -H | -h ] [ -r ] [ -t timeout ] domain"
	ipOptions = " addresses of a domain name, one per line.\n\n" + qualifyOption + hostsOptions + commonOptions +
		"\nA name that is not the first of its line in /etc/hosts is short, and found with -q only.\n" + caches + exitCodes
)

var cmdS6Dnsip4 = applet.Applet{
	Name:  "s6-dnsip4",
	Usage: ipUsage,
	Help:  "Prints the IPv4" + ipOptions + "\nExample: s6-dnsip4 -t 5000 skarnet.org\n",
	Run:   func(inv *applet.Invocation) error { return runIP(inv, true, false) },
}

var cmdS6Dnsip6 = applet.Applet{
	Name:  "s6-dnsip6",
	Usage: ipUsage,
	Help:  "Prints the IPv6" + ipOptions + "\nExample: s6-dnsip6 -t 5000 skarnet.org\n",
	Run:   func(inv *applet.Invocation) error { return runIP(inv, false, true) },
}

var cmdS6Dnsip = applet.Applet{
	Name:  "s6-dnsip",
	Usage: ipUsage,
	Help:  "Prints the IPv6 and IPv4" + ipOptions + "\nExample: s6-dnsip -t 5000 skarnet.org\n",
	Run:   func(inv *applet.Invocation) error { return runIP(inv, true, true) },
}

func runIP(inv *applet.Invocation, v4, v6 bool) error {
	l, err := newLookup(inv, "qHhrt:", 1)
	if err != nil {
		return err
	}
	ips, err := l.resolver.Addresses(l.Args[0], v4, v6, l.qualify, l.deadline)
	lines := make([]string, len(ips))
	for i, ip := range ips {
		lines[i] = ip.String()
	}
	return l.finish(l.Args[0], lines, err)
}
