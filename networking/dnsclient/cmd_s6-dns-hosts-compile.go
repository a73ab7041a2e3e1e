package dnsclient

import (
	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/networking/dns"
)

var cmdS6DnsHostsCompile = applet.Applet{
	Name:  "s6-dns-hosts-compile",
	Usage: "[ -i ifile ] [ -o ofile ]",
	Help: `Compiles the hosts file into a database, which programs that look into the hosts file can read faster: with the option -h
of s6-dnsip4 and others the database is used as long as it is newer.

  -i IFILE  instead of /etc/hosts
  -o OFILE  instead of /etc/hosts.cdb; it is replaced as a whole, or not at all

Addresses of one network interface (fe80::1%eth0) are passed over.

Exit codes: 100 wrong usage, 111 a line that is wrong, or a system call failed.

Example: s6-dns-hosts-compile
`,
	Run: runHostsCompile,
}

func runHostsCompile(inv *applet.Invocation) error {
	from, to := dns.HostsFile, dns.HostsDatabase
	err := inv.Getopt("i:o:", func(opt byte, value string) error {
		if opt == 'i' {
			from = value
		} else {
			to = value
		}
		return nil
	})
	if err != nil {
		return err
	}
	text, err := sys.ReadFile(sys.AT, from, dns.LargestHosts)
	if err != nil {
		return applet.System(err, "open %s", from)
	}
	data, err := dns.CompileHosts(string(text))
	if err != nil {
		return applet.System(err, "compile %s", from)
	}
	const mode = 0o644 // whatever the umask
	if err := inv.Proc.WithUmask(0, func() error { return sys.RewriteFile(sys.AT, to, data, mode) }); err != nil {
		return applet.System(err, "write %s", to)
	}
	return nil
}
