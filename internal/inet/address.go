// Package inet has what TCP and UDP sockets need, as raw descriptors.
package inet

import (
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

// ParseAddress reads an IPv4 or IPv6 address and a port number.
func ParseAddress(ip, port string) (AddrPort, bool) {
	addr, ok := ParseAddr(ip)
	n, ok2 := ParsePort(port)
	return AddrPort{Addr: addr, Port: n}, ok && ok2
}

// ParseAddrPort reads an address with a port behind a colon. IPv6 addresses are in brackets.
func ParseAddrPort(text string) (AddrPort, bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return AddrPort{}, false
	}
	ip := text[:i]
	if inner, ok := strings.CutPrefix(ip, "["); ok {
		if ip, ok = strings.CutSuffix(inner, "]"); !ok {
			return AddrPort{}, false
		}
	} else if strings.Contains(ip, ":") {
		return AddrPort{}, false
	}
	return ParseAddress(ip, text[i+1:])
}

// Family is the address family of a socket for ip.
func Family(ip Addr) int {
	if ip.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// Sockaddr is the address for system calls; the zone of an IPv6 address is the name or number of an interface.
func Sockaddr(a AddrPort) (unix.Sockaddr, error) {
	if a.Addr.Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port), Addr: [4]byte(a.Addr.raw[:])}, nil
	}
	zone, err := zoneID(a.Addr.zone)
	return &unix.SockaddrInet6{Port: int(a.Port), Addr: a.Addr.raw, ZoneId: zone}, err
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
func AddressOf(sa unix.Sockaddr) (a AddrPort, ok bool) {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		a.Addr, ok = AddrOf(sa.Addr[:])
		a.Port = uint16(sa.Port)
	case *unix.SockaddrInet6:
		a.Addr, ok = AddrOf(sa.Addr[:])
		a.Port = uint16(sa.Port)
	}
	return a, ok
}

// Local is the address that the socket fd is bound to.
func Local(fd int) (AddrPort, error) {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return AddrPort{}, err
	}
	a, ok := AddressOf(sa)
	if !ok {
		return a, unix.EAFNOSUPPORT
	}
	return a, nil
}
