package dnsclient

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdS6DnsHostsCompile,
	&cmdS6Dnsip,
	&cmdS6Dnsip4,
	&cmdS6Dnsip4Filter,
	&cmdS6Dnsip6,
	&cmdS6Dnsip6Filter,
	&cmdS6Dnsmx,
	&cmdS6Dnsname,
	&cmdS6DnsnameFilter,
	&cmdS6Dnsns,
	&cmdS6Dnsq,
	&cmdS6Dnsqr,
	&cmdS6Dnsqualify,
	&cmdS6Dnssoa,
	&cmdS6Dnssrv,
	&cmdS6Dnstxt,
	&cmdS6Randomip,
	&cmdSkadnsd,
}
