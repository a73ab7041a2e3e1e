package dns

import (
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/inet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// Resolver asks caches. Its methods return ErrNoDomain, ErrNoServer, ErrTimeout, ErrName, ErrFormat or an error of the system.
type Resolver struct {
	Servers []inet.AddrPort
	Search  []string // suffixes that qualify names
	Hosts   Hosts    // asked first
}

const (
	port      = 53
	largest   = 1 << 20 // file
	separator = ",; \t\n\r"
)

// New makes a resolver of what /etc/resolv.conf and the variables DNSCACHEIP and DNSQUALIFY say.
func New(env proc.Env) (*Resolver, error) {
	text, err := sys.ReadFile(sys.AT, "/etc/resolv.conf", largest)
	if err != nil && err != unix.ENOENT {
		return nil, err
	}
	r := parseConfig(string(text))
	list, _ := env.Get("DNSCACHEIP")
	if servers, _ := ParseServers(list); len(servers) > 0 {
		r.Servers = servers
	}
	if list, set := env.Get("DNSQUALIFY"); set {
		r.Search = strings.Fields(list)
	}
	if len(r.Servers) == 0 {
		r.addServer("127.0.0.1 ::1")
	}
	return r, nil
}

// ParseServers reads a list of addresses. bad are the words that are none.
func ParseServers(list string) (servers []inet.AddrPort, bad []string) {
	for _, word := range strings.FieldsFunc(list, func(c rune) bool { return strings.ContainsRune(separator, c) }) {
		if ip, ok := inet.ParseAddr(word); ok {
			servers = append(servers, inet.AddrPort{Addr: ip, Port: port})
		} else {
			bad = append(bad, word)
		}
	}
	return servers, bad
}

func (r *Resolver) addServer(word string) {
	servers, _ := ParseServers(word)
	r.Servers = append(r.Servers, servers...)
}

// parseConfig reads the text of a resolv.conf(5) file. The last line of a kind counts, but for name servers.
func parseConfig(text string) *Resolver {
	r := &Resolver{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 || !strings.HasPrefix(line, words[0]) {
			continue
		}
		switch words[0] {
		case "nameserver":
			r.addServer(words[1])
		case "domain":
			r.Search = words[1:2]
		case "search":
			r.Search = words[1:]
		}
	}
	return r
}

// Qualified are the whole names that a name may be short for, the likeliest first. The error is ErrName.
func (r *Resolver) Qualified(name string) (names []string, err error) {
	whole, err := full(name)
	if err != nil {
		return nil, err
	}
	if whole == "." || strings.HasSuffix(name, ".") {
		return []string{whole}, nil
	}
	for _, suffix := range r.Search {
		if suffix = strings.Trim(suffix, "."); suffix == "" {
			continue
		}
		if longer, err := full(whole + suffix); err == nil {
			names = append(names, longer)
		}
	}
	return append(names, whole), nil
}

// Find calls look with name, or if qualify with those that name may be short for, until there is one that is a domain.
func (r *Resolver) Find(name string, qualify bool, look func(name string) error) error {
	names := []string{name}
	var err error
	if qualify {
		if names, err = r.Qualified(name); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err = look(name); err != ErrNoDomain {
			break
		}
	}
	return err
}

// Addresses returns the addresses of a name, or if qualify of what it may be short for: those of the hosts database if
// there are any, IPv4 ones first, else those that the DNS has, IPv6 ones first. A zero deadline is none.
func (r *Resolver) Addresses(name string, v4, v6, qualify bool, deadline time.Time) (ips []inet.Addr, err error) {
	if ips, err := r.local(name, v4, v6, qualify); len(ips) > 0 || err != nil {
		return ips, err
	}
	err = r.Find(name, qualify, func(name string) (err error) {
		ips, err = r.ips(name, v4, v6, deadline)
		return err
	})
	return ips, err
}

// local are the addresses that the hosts database has.
func (r *Resolver) local(name string, v4, v6, qualify bool) (ips []inet.Addr, err error) {
	names := []string{name}
	if qualify {
		if names, err = r.Qualified(name); err != nil {
			return nil, err
		}
		ips = r.Hosts.Aliased(name, v4, v6)
	}
	for _, name := range names {
		ips = append(ips, r.Hosts.Addresses(name, v4, v6)...)
	}
	return ips, nil
}
