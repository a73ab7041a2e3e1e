package networking

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
	"s6box/internal/tai"
	"s6box/networking/clock"
)

var cmdS6Taiclockd = applet.Applet{
	Name:  "s6-taiclockd",
	Usage: "[ -i ip ] [ -p port ]",
	Help: `Tells TAICLOCK clients the time of the local clock, until a signal ends it.

  -i IP    answer at that address (all)
  -p PORT  at that UDP port (4014)

Exit codes: 100 wrong usage, 111 the socket can't be made or used.

Example: s6-taiclockd -i 192.0.2.1
`,
	Run: runTaiclockd,
}

func runTaiclockd(inv *applet.Invocation) error {
	anywhere, _ := inet.AddrOf(make([]byte, 4))
	at := inet.AddrPort{Addr: anywhere, Port: taiclockPort}
	err := inv.Getopt("i:p:", func(opt byte, value string) error {
		if opt == 'i' {
			ip, ok := inet.ParseAddr(value)
			if !ok {
				return inv.UsageError()
			}
			at = inet.AddrPort{Addr: ip, Port: at.Port}
			return nil
		}
		port, ok := inet.ParsePort(value)
		if !ok {
			return inv.UsageError()
		}
		at = inet.AddrPort{Addr: at.Addr, Port: port}
		return nil
	})
	if err != nil {
		return err
	}
	fd, err := inet.Socket(at.Addr, unix.SOCK_DGRAM)
	if err != nil {
		return applet.System(err, "create socket")
	}
	defer unix.Close(fd)
	if err := bind(fd, at, true); err != nil {
		return applet.System(err, "bind to %s port %d", at.Addr, at.Port)
	}
	return tellTime(fd)
}

// tellTime answers what comes in. A client that can't be reached doesn't keep the others waiting.
func tellTime(fd int) error {
	const longest = 256
	packet := make([]byte, longest)
	for {
		if err := sys.WaitFD(fd, unix.POLLIN, sys.Deadline(0)); err != nil {
			return applet.System(err, "wait for clients")
		}
		n, from, err := unix.Recvfrom(fd, packet, 0)
		switch err {
		case nil:
			if clock.Reply(packet[:n], tai.Now()) {
				unix.Sendto(fd, packet[:n], 0, from)
			}
		case unix.EAGAIN, unix.EINTR, unix.ECONNREFUSED:
		default:
			return applet.System(err, "receive")
		}
	}
}
