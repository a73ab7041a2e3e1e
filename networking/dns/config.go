package dns

import (
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// Resolver asks name servers. Its methods return ErrNoDomain, ErrNoServer, ErrTimeout or an error of the system.
type Resolver struct {
	Servers []netip.AddrPort
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
	if list, _ := env.Get("DNSCACHEIP"); list != "" {
		r.Servers = nil
		for _, word := range strings.FieldsFunc(list, func(c rune) bool { return strings.ContainsRune(separator, c) }) {
			r.addServer(word)
		}
	}
	if list, set := env.Get("DNSQUALIFY"); set {
		r.Search = strings.Fields(list)
	}
	if len(r.Servers) == 0 {
		r.addServer("127.0.0.1")
	}
	return r, nil
}

func (r *Resolver) addServer(word string) {
	if ip, err := netip.ParseAddr(word); err == nil {
		r.Servers = append(r.Servers, netip.AddrPortFrom(ip, port))
	}
}

// parseConfig reads the text of a resolv.conf(5) file.
func parseConfig(text string) *Resolver {
	r := &Resolver{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 {
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

// Qualified are the names that a name may be short for, the likeliest first.
func (r *Resolver) Qualified(name string) (names []string) {
	if strings.HasSuffix(name, ".") {
		return []string{name}
	}
	for _, suffix := range r.Search {
		if suffix = strings.Trim(suffix, "."); suffix != "" {
			names = append(names, name+"."+suffix)
		}
	}
	return append(names, name)
}

// Hosts is what a hosts(5) file has: names of addresses.
type Hosts []host

type host struct {
	ip    netip.Addr
	names []string
}

// ReadHosts reads /etc/hosts; where there is none it is empty.
func ReadHosts() (Hosts, error) {
	text, err := sys.ReadFile(sys.AT, "/etc/hosts", largest)
	if err != nil && err != unix.ENOENT {
		return nil, err
	}
	return parseHosts(string(text)), nil
}

func parseHosts(text string) (hosts Hosts) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		if ip, err := netip.ParseAddr(words[0]); err == nil && ip.Zone() == "" {
			hosts = append(hosts, host{ip, words[1:]})
		}
	}
	return hosts
}

// Addresses are those of a name.
func (h Hosts) Addresses(name string) (ips []netip.Addr) {
	name = strings.TrimSuffix(name, ".")
	for _, host := range h {
		for _, n := range host.names {
			if strings.EqualFold(strings.TrimSuffix(n, "."), name) {
				ips = append(ips, host.ip)
				break
			}
		}
	}
	return ips
}

// Names are those of an address, each with a dot at its end.
func (h Hosts) Names(ip netip.Addr) (names []string) {
	for _, host := range h {
		if host.ip == ip {
			for _, n := range host.names {
				names = append(names, strings.TrimSuffix(n, ".")+".")
			}
		}
	}
	return names
}
