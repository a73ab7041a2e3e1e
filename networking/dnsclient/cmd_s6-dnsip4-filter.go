package dnsclient

import (
	"strings"

	"s6box/internal/applet"
	"s6box/networking/dns"
)

const ipFilterHelp = ` address, which is put behind the name that each line
begins with.

` + filterOptions + caches + filterCodes

var cmdS6Dnsip4Filter = applet.Applet{
	Name:  "s6-dnsip4-filter",
	Usage: filterUsage,
	Help:  "Copies stdin to stdout, looking up an IPv4" + ipFilterHelp + "\nExample: s6-dnsns skarnet.org | s6-dnsip4-filter -f %d\n",
	Run:   func(inv *applet.Invocation) error { return runIPFilter(inv, dns.A) },
}

var cmdS6Dnsip6Filter = applet.Applet{
	Name:  "s6-dnsip6-filter",
	Usage: filterUsage,
	Help:  "Copies stdin to stdout, looking up an IPv6" + ipFilterHelp + "\nExample: s6-dnsns skarnet.org | s6-dnsip6-filter -f %d\n",
	Run:   func(inv *applet.Invocation) error { return runIPFilter(inv, dns.AAAA) },
}

func runIPFilter(inv *applet.Invocation, t dns.Type) error {
	f := &filter{Invocation: inv, split: func(text string) (subject, rest string, q question) {
		end := strings.IndexAny(text, " \t\r")
		if end < 0 {
			end = len(text)
		}
		if end == 0 {
			return text, "", question{}
		}
		return text[:end], text[end:], question{text[:end], t}
	}}
	return runFilter(f, "", nil)
}
