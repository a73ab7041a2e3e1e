package dnsclient

import (
	"strings"

	"s6box/internal/applet"
	"s6box/networking/dns"
)

var cmdS6Dnsqualify = applet.Applet{
	Name:  "s6-dnsqualify",
	Usage: "name",
	Help: `Prints the whole names that a name may be short for, one per line: those with each suffix of the "domain" or "search" line
in /etc/resolv.conf, or of $DNSQUALIFY, and the name itself. A name with a dot at its end is whole.

Exit codes: 100 wrong usage or no domain name, 111 a system call failed.

Example: s6-dnsqualify www
`,
	Run: runQualify,
}

func runQualify(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	resolver, err := dns.Open(inv, false)
	if err != nil {
		return err
	}
	names, err := resolver.Qualified(inv.Args[0])
	if err != nil {
		return applet.SystemCode(applet.ExitUsage, err, "make a domain name from %s", inv.Args[0])
	}
	return output(inv, strings.Join(names, "\n")+"\n")
}
