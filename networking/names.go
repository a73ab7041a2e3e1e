package networking

import (
	"errors"
	"slices"
	"sync"
	"time"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/networking/dns"
)

// errForged is a name that has not the address which has it.
var errForged = errors.New("the name has another address")

// named is what a look-up of an address gives: a name, or "", or why there is none after an attempt to do what.
type named struct {
	name string
	what string
	err  error
}

// names are the names of the two ends of the connection; "" where there is none. An error is that of a refusal.
func (a *access) names() (remote, here string, err error) {
	resolver, err := dns.Open(a.Invocation, a.hosts)
	if err != nil {
		return "", "", err
	}
	var there, local named
	var both sync.WaitGroup
	both.Go(func() {
		if a.paranoid {
			there = sureName(resolver, a.remote.Addr.Network(a.remote.Addr.Bits()), a.deadline)
		} else {
			there = nameOf(resolver, a.remote.Addr, "resolve PTR for client address", a.deadline)
		}
	})
	if !a.localSet {
		both.Go(func() { local = nameOf(resolver, a.here.Addr, "resolve PTR for local address", a.deadline) })
	}
	both.Wait()
	for _, n := range []named{there, local} {
		if err := a.judge(n); err != nil {
			return "", "", err
		}
	}
	return there.name, local.name, nil
}

// nameOf is the first name of an address; it is no failure that there is none.
func nameOf(r *dns.Resolver, ip inet.Addr, what string, deadline time.Time) named {
	names, err := r.Names(ip, deadline)
	if err != nil && err != dns.ErrNoDomain {
		return named{"", what, err}
	}
	return named{name: append(names, "")[0]}
}

// sureName is the first name of an address, if the address is one of those of the name. What /etc/hosts says needs
// no such proof.
func sureName(r *dns.Resolver, ip inet.Addr, deadline time.Time) named {
	if names := r.Hosts.Names(ip); len(names) > 0 {
		return named{name: names[0]}
	}
	names, err := r.Names(ip, deadline)
	if err != nil || len(names) == 0 {
		return named{"", "(paranoidly) resolve PTR for client address", err}
	}
	forward := *r
	forward.Hosts = dns.Hosts{}
	ips, err := forward.Addresses(names[0], ip.Is4(), ip.Is6(), false, deadline)
	if err != nil && err != dns.ErrNoDomain {
		return named{"", "(paranoidly) resolve " + names[0], err}
	}
	if !slices.Contains(ips, ip) {
		return named{err: errForged}
	}
	return named{name: names[0]}
}

// judge tells of a look-up that failed. The error is that of a refusal, or of the time being over.
func (a *access) judge(n named) error {
	switch {
	case n.err == nil:
		return nil
	case n.err == errForged:
		return a.refuse(exitRefused)
	case n.err == dns.ErrTimeout && !a.deadline.IsZero():
		return a.timedOut()
	case n.err == dns.ErrNoDomain:
		return a.failed(exitRefused, "unable to "+n.what+": "+applet.Reason(n.err))
	}
	return a.failed(applet.ExitSystem, "unable to "+n.what+": "+applet.Reason(n.err))
}
