package networking

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
	"s6box/networking/dns"
)

// addresses are what host stands for.
func (c *client) addresses(host string, deadline time.Time) ([]inet.Addr, error) {
	if host == "0" || host == "" {
		host = "127.0.0.1"
		if !c.v4 {
			host = "::1"
		}
	}
	if !c.noDNS {
		var err error
		if c.resolver, err = dns.Open(c.Invocation, c.hosts); err != nil {
			return nil, err
		}
	}
	if ip, ok := inet.ParseAddr(host); ok && (ip.Is4() && c.v4 || ip.Is6() && c.v6) {
		return []inet.Addr{ip}, nil
	}
	if c.noDNS {
		return nil, c.UsageError()
	}
	ips, err := c.resolver.Addresses(host, c.v4, c.v6, c.qualify, deadline)
	switch {
	case err != nil:
		return nil, applet.System(err, "resolve %s", host)
	case len(ips) == 0:
		return nil, applet.Fatal(applet.ExitUsage, "no IP address for %s", host)
	}
	return ips, nil
}

// connect tries the addresses in two rounds; one that fails at once is not tried again. Failures are told when there
// is nothing else to tell.
func (c *client) connect(ips []inet.Addr, port uint16, deadline time.Time) (fd int, err error) {
	var failures []string
	for round, patience := range c.tries {
		var left []inet.Addr
		for _, ip := range ips {
			c.there = inet.AddrPort{Addr: ip, Port: port}
			until := sys.Deadline(1000 * patience)
			if until.IsZero() || !deadline.IsZero() && deadline.Before(until) {
				until = deadline
			}
			fd, err := c.dial(until)
			if err == nil {
				return fd, nil
			}
			if _, ok := err.(*applet.Error); ok {
				return -1, err
			}
			last := round == len(c.tries)-1 || sys.Past(deadline)
			if err == unix.ETIMEDOUT && !last {
				left = append(left, ip)
				continue
			}
			failures = append(failures, fmt.Sprintf("unable to connect to %s port %d: %s", ip, port, applet.Reason(err)))
		}
		ips = left
	}
	for _, failure := range failures {
		c.Warn("%s", failure)
	}
	return -1, applet.Fatal(applet.ExitSystem, "unable to connect to a suitable IP address")
}

// dial connects to the address there. A failure to set up this end is an error that ends the command.
func (c *client) dial(until time.Time) (fd int, err error) {
	if fd, err = inet.Socket(c.there.Addr, unix.SOCK_STREAM); err != nil {
		return -1, applet.System(err, "create socket")
	}
	if c.localIP.IsValid() || c.localPort != 0 {
		err = c.bind(fd)
	}
	if err == nil {
		err = inet.Connect(fd, c.there, until)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func (c *client) bind(fd int) error {
	ip := c.localIP
	if !ip.IsValid() {
		ip = c.there.Addr.Network(0)
	}
	if ip.Is4() != c.there.Addr.Is4() {
		return unix.EINVAL
	}
	sa, err := inet.Sockaddr(inet.AddrPort{Addr: ip, Port: c.localPort})
	if err == nil {
		err = unix.Bind(fd, sa)
	}
	if err != nil {
		return applet.System(err, "bind socket")
	}
	return nil
}

// environment sets what is known of the connection; what is not known is unset.
func (c *client) environment(deadline time.Time) {
	env := c.Proc.Env.Set("PROTO", "TCP").
		Set("TCPREMOTEIP", c.there.Addr.String()).Set("TCPREMOTEPORT", strconv.Itoa(int(c.there.Port))).
		Set("TCPLOCALIP", c.local.Addr.String()).Set("TCPLOCALPORT", strconv.Itoa(int(c.local.Port))).
		Unset("TCPREMOTEHOST").Unset("TCPLOCALHOST").Unset("TCPREMOTEINFO")
	if c.nameSet {
		env = env.Set("TCPLOCALHOST", c.name)
	}
	if c.resolver != nil {
		var here, there string
		var both sync.WaitGroup
		both.Go(func() { there = c.firstName(c.there.Addr, deadline) })
		if !c.nameSet {
			both.Go(func() { here = c.firstName(c.local.Addr, deadline) })
		}
		both.Wait()
		if there != "" {
			env = env.Set("TCPREMOTEHOST", there)
		}
		if here != "" {
			env = env.Set("TCPLOCALHOST", here)
		}
	}
	if c.ident {
		info, err := ident(c.there, c.local, deadline)
		if err != nil {
			c.Warn("%s", identWarning(err))
		}
		env = env.Set("TCPREMOTEINFO", info)
	}
	c.Proc.Env = env
}

// firstName is a name of an address, or "".
func (c *client) firstName(ip inet.Addr, deadline time.Time) string {
	names, err := c.resolver.Names(ip, deadline)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
