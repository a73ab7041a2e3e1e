package dns

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	ErrNoDomain = errors.New("no such domain")
	ErrNoServer = errors.New("no available DNS server")
	ErrTimeout  = errors.New("query timed out")
)

// Addresses returns the addresses of a name: those of /etc/hosts if they are asked for and there, else those that
// the DNS has. IPv6 ones come first. A zero deadline is none.
func (r *Resolver) Addresses(name string, v4, v6 bool, deadline time.Time) ([]netip.Addr, error) {
	if ips := only(r.Hosts.Addresses(name), v4, v6); len(ips) > 0 {
		return ips, nil
	}
	var types []Type
	if v6 {
		types = append(types, AAAA)
	}
	if v4 {
		types = append(types, A)
	}
	answers := make([][]netip.Addr, len(types))
	errs := make([]error, len(types))
	var all sync.WaitGroup
	for i, t := range types {
		all.Go(func() { answers[i], errs[i] = r.ips(name, t, deadline) })
	}
	all.Wait()
	var ips []netip.Addr
	for _, answer := range answers {
		ips = append(ips, answer...)
	}
	if len(ips) > 0 {
		return ips, nil
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func only(ips []netip.Addr, v4, v6 bool) (kept []netip.Addr) {
	for _, ip := range ips {
		if ip.Is4() && v4 || ip.Is6() && v6 {
			kept = append(kept, ip)
		}
	}
	return kept
}

func (r *Resolver) ips(name string, t Type, deadline time.Time) (ips []netip.Addr, err error) {
	msg, answer, err := r.ask(name, t, deadline)
	if err != nil {
		return nil, err
	}
	for _, rec := range answer.records {
		if rec.kind != t {
			continue
		}
		ip, ok := netip.AddrFromSlice(msg[rec.data:rec.end])
		if !ok || ip.Is4() != (t == A) {
			return nil, errFormat
		}
		ips = append(ips, ip)
	}
	return ips, nil
}

// Names returns the names of an address, which end in a dot.
func (r *Resolver) Names(ip netip.Addr, deadline time.Time) (names []string, err error) {
	ip = ip.WithZone("")
	if names := r.Hosts.Names(ip); len(names) > 0 {
		return names, nil
	}
	msg, answer, err := r.ask(arpa(ip), PTR, deadline)
	if err != nil {
		return nil, err
	}
	for _, rec := range answer.records {
		if rec.kind != PTR {
			continue
		}
		n, err := name(msg, rec.data)
		if err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, nil
}

// arpa is the name under which the DNS keeps the names of an address.
func arpa(ip netip.Addr) string {
	var out strings.Builder
	if ip.Is4() {
		b := ip.As4()
		for i := range b {
			out.WriteString(strconv.Itoa(int(b[3-i])) + ".")
		}
		return out.String() + "in-addr.arpa"
	}
	b := ip.As16()
	digits := hex.EncodeToString(b[:])
	for i := range digits {
		out.WriteString(digits[len(digits)-1-i:len(digits)-i] + ".")
	}
	return out.String() + "ip6.arpa"
}
