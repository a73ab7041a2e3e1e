package networking

import (
	"math"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
)

var cmdS6TcpserverSocketbinder = applet.Applet{
	Name:  "s6-tcpserver-socketbinder",
	Usage: "[ -d | -D ] [ -b backlog ] [ -M | -m ] [ -B ] ip port prog...",
	Help: `Binds a TCP socket to an IPv4 or IPv6 address and a port, listens, and runs prog with the socket as its stdin. 0.0.0.0
is any IPv4 address, :: is any IPv6 address and no other; port 0 is one that is free.

  -d, -D                      take an address that was in use a moment ago (default), or don't
  -b, --backlog=BACKLOG       length of the queue of connections (as long as the system allows); 0: don't listen
  -M, --tcp; -m, --udp        TCP (default) or UDP; -m wants -b 0
  -B, --block                 a blocking socket

Exit codes: 100 usage, 111 the socket can't be made.

Example: s6-tcpserver-socketbinder 0.0.0.0 80 s6-applyuidgid -u 33 s6-tcpserverd httpd
`,
	Chain: runTcpSocketbinder,
}

// listener is a socket to be bound.
type listener struct {
	at       inet.AddrPort
	backlog  int
	kind     int
	reuse    bool
	blocking bool
}

func runTcpSocketbinder(inv *applet.Invocation) ([]string, error) {
	l := listener{backlog: math.MaxInt32, kind: unix.SOCK_STREAM, reuse: true}
	choose := func(p *bool, v bool) func(string) error {
		return func(string) error { *p = v; return nil }
	}
	kind := func(kind int) func(string) error {
		return func(string) error { l.kind = kind; return nil }
	}
	err := inv.Gol(
		applet.Option{Short: 'd', Set: choose(&l.reuse, true)},
		applet.Option{Short: 'D', Set: choose(&l.reuse, false)},
		applet.Option{Short: 'b', Long: "backlog", Value: true, Set: l.setBacklog},
		applet.Option{Short: 'M', Long: "tcp", Set: kind(unix.SOCK_STREAM)},
		applet.Option{Short: 'm', Long: "udp", Set: kind(unix.SOCK_DGRAM)},
		applet.Option{Short: 'B', Long: "block", Set: choose(&l.blocking, true)},
	)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	var ok bool
	if l.at, ok = inet.ParseAddress(inv.Args[0], inv.Args[1]); !ok {
		return nil, inv.UsageError()
	}
	fd, err := l.make(inv.Args[0])
	if err != nil {
		return nil, err
	}
	if err := inv.Proc.SetFD(0, fd); err != nil {
		return nil, applet.System(err, "make the socket stdin")
	}
	return inv.Args[2:], nil
}

func (l *listener) setBacklog(value string) error {
	var n uint64
	if err := applet.Number("backlog", &n)(value); err != nil {
		return err
	}
	l.backlog = int(min(n, math.MaxInt32))
	return nil
}

// make makes the socket; ip is the address as it was given.
func (l *listener) make(ip string) (fd int, err error) {
	flags := unix.SOCK_CLOEXEC
	if !l.blocking {
		flags |= unix.SOCK_NONBLOCK
	}
	fd, err = unix.Socket(inet.Family(l.at.Addr), l.kind|flags, 0)
	if err != nil {
		return -1, applet.System(err, "create socket")
	}
	defer func() {
		if err != nil {
			unix.Close(fd)
		}
	}()
	if err := bind(fd, l.at, l.reuse); err != nil {
		return -1, applet.System(err, "bind to %s port %d", ip, l.at.Port)
	}
	if l.backlog > 0 {
		if err := unix.Listen(fd, l.backlog); err != nil {
			return -1, applet.System(err, "listen to %s port %d", ip, l.at.Port)
		}
	}
	return fd, nil
}

// bind gives a socket its address; an IPv6 one takes no IPv4 connections.
func bind(fd int, at inet.AddrPort, reuse bool) error {
	sa, err := inet.Sockaddr(at)
	if err != nil {
		return err
	}
	if at.Addr.Is6() {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1); err != nil {
			return err
		}
	}
	if reuse {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return err
		}
	}
	return unix.Bind(fd, sa)
}
