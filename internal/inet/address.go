// Package inet has what TCP and UDP sockets need, as raw descriptors.
package inet

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ParsePort reads a port number.
func ParsePort(text string) (uint16, bool) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err == nil
}

// ParseIP reads an IPv4 or IPv6 address. The numbers of an IPv4 address are decimal, zeros in front or not.
func ParseIP(text string) (netip.Addr, error) {
	ip, err := netip.ParseAddr(text)
	if err == nil || strings.Contains(text, ":") {
		return ip, err
	}
	parts := strings.Split(text, ".")
	for i, part := range parts {
		if len(part) > 1 {
			parts[i] = cmp.Or(strings.TrimLeft(part, "0"), "0")
		}
	}
	return netip.ParseAddr(strings.Join(parts, "."))
}

// ParseAddress reads an IPv4 or IPv6 address and a port number.
func ParseAddress(ip, port string) (netip.AddrPort, bool) {
	addr, err := ParseIP(ip)
	n, ok := ParsePort(port)
	return netip.AddrPortFrom(addr, n), err == nil && ok
}

// Show writes an address the way upstream does: mapped IPv4 addresses have no dots.
func Show(ip netip.Addr) string {
	if !ip.Is4In6() {
		return ip.WithZone("").String()
	}
	b := ip.As16()
	return fmt.Sprintf("::ffff:%x:%x", uint(b[12])<<8|uint(b[13]), uint(b[14])<<8|uint(b[15]))
}

// Family is the address family of a socket for ip.
func Family(ip netip.Addr) int {
	if ip.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// Sockaddr is the address for system calls; the zone of an IPv6 address is the name or number of an interface.
func Sockaddr(a netip.AddrPort) (unix.Sockaddr, error) {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}, nil
	}
	zone, err := zoneID(a.Addr().Zone())
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16(), ZoneId: zone}, err
}

func zoneID(name string) (uint32, error) {
	if n, err := strconv.ParseUint(name, 10, 32); err == nil || name == "" {
		return uint32(n), nil
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, request)
	return request.Uint32(), err
}

// AddressOf is the address in a sockaddr; not ok if it is no internet one.
func AddressOf(sa unix.Sockaddr) (a netip.AddrPort, ok bool) {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)), true
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port)), true
	}
	return a, false
}

// Local is the address that the socket fd is bound to.
func Local(fd int) (netip.AddrPort, error) {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}, err
	}
	a, ok := AddressOf(sa)
	if !ok {
		return a, unix.EAFNOSUPPORT
	}
	return a, nil
}
