package networking

import (
	"s6box/internal/applet"
	"s6box/networking/dns"
)

// newResolver makes the resolver of a command, with /etc/hosts if it is to come first.
func newResolver(inv *applet.Invocation, hosts bool) (*dns.Resolver, error) {
	r, err := dns.New(inv.Proc.Env)
	if err != nil {
		return nil, applet.System(err, "read /etc/resolv.conf")
	}
	if hosts {
		if r.Hosts, err = dns.ReadHosts(); err != nil {
			return nil, applet.System(err, "read /etc/hosts")
		}
	}
	return r, nil
}
