package dnsclient

import (
	"s6box/internal/applet"
	"s6box/networking/dns"
)

const (
	recordsUsage   = "[ -q ] [ -r ] [ -t timeout ] name"
	recordsOptions = "\n\n" + qualifyOption + commonOptions + caches + exitCodes
)

var cmdS6Dnsmx = applet.Applet{
	Name:  "s6-dnsmx",
	Usage: recordsUsage,
	Help:  "Prints the mail exchangers of a domain, each on a line with its preference before it." + recordsOptions + "\nExample: s6-dnsmx -q skarnet.org\n",
	Run:   func(inv *applet.Invocation) error { return runRecords(inv, dns.MX) },
}

var cmdS6Dnsns = applet.Applet{
	Name:  "s6-dnsns",
	Usage: recordsUsage,
	Help:  "Prints the name servers of a domain, one per line." + recordsOptions + "\nExample: s6-dnsns -q skarnet.org\n",
	Run:   func(inv *applet.Invocation) error { return runRecords(inv, dns.NS) },
}

var cmdS6Dnssoa = applet.Applet{
	Name:  "s6-dnssoa",
	Usage: recordsUsage,
	Help: "Prints the start of authority of a domain: name server, mailbox, serial number, and the times of refresh, retry,\n" +
		"expiration and the least one, in seconds." + recordsOptions + "\nExample: s6-dnssoa -q skarnet.org\n",
	Run: func(inv *applet.Invocation) error { return runRecords(inv, dns.SOA) },
}

var cmdS6Dnstxt = applet.Applet{
	Name:  "s6-dnstxt",
	Usage: recordsUsage,
	Help:  "Prints the texts of a domain, each on a line, quoted as s6-quote does it. The strings of one record are one text." + recordsOptions + "\nExample: s6-dnstxt -q skarnet.org\n",
	Run:   func(inv *applet.Invocation) error { return runRecords(inv, dns.TXT) },
}

func runRecords(inv *applet.Invocation, t dns.Type) error {
	l, err := newLookup(inv, "qrt:", 1)
	if err != nil {
		return err
	}
	return l.records(l.Args[0], t)
}
