package dnsclient

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/networking/dns"
)

var cmdS6DnsnameFilter = applet.Applet{
	Name:  "s6-dnsname-filter",
	Usage: "[ -4 ] [ -6 ] " + filterUsage,
	Help: `Copies stdin to stdout, looking up a name, which is put behind the IP address that a line begins with.

  -4      IPv4 addresses (default)
  -6      IPv6 addresses; with -4, both
` + filterOptions + `A line that does not begin with an address is the answer to itself.
` + caches + filterCodes + `
Example: s6-dnsname-filter -46 <access.log
`,
	Run: runNameFilter,
}

func runNameFilter(inv *applet.Invocation) error {
	var v4, v6 bool
	f := &filter{Invocation: inv}
	f.split = func(text string) (subject, rest string, q question) {
		ip, rest, ok := leadingIP(text, v4 || !v6, v6)
		if !ok {
			return text, "", question{}
		}
		return text[:len(text)-len(rest)], rest, question{dns.Arpa(ip), dns.PTR}
	}
	return runFilter(f, "46", func(opt byte) error {
		v4, v6 = v4 || opt == '4', v6 || opt == '6'
		return nil
	})
}

// leadingIP is the address that a text begins with. What is behind it is nothing that could be part of it, but for dots.
func leadingIP(text string, v4, v6 bool) (ip inet.Addr, rest string, ok bool) {
	for _, family := range []struct {
		wanted  bool
		letters string
	}{{v6, "0123456789abcdefABCDEF:."}, {v4, "0123456789."}} {
		if !family.wanted {
			continue
		}
		end := len(text) - len(strings.TrimLeft(text, family.letters))
		for ; end > 0; end = strings.LastIndexAny(text[:end], ".:") {
			if ip, ok := inet.ParseAddr(text[:end]); ok && (ip.Is6() && v6 || ip.Is4() && v4) {
				return ip, text[end:], true
			}
		}
	}
	return ip, text, false
}
