package dns

import "s6box/internal/applet"

// Open makes the resolver of a command, with the hosts database if it is to come first.
func Open(inv *applet.Invocation, hosts bool) (*Resolver, error) {
	r, err := New(inv.Proc.Env)
	if err != nil {
		return nil, applet.System(err, "read /etc/resolv.conf")
	}
	if hosts {
		if r.Hosts, err = readHosts(); err != nil {
			return nil, applet.System(err, "read %s or %s", HostsDatabase, HostsFile)
		}
	}
	return r, nil
}
