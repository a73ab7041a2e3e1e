package logging

import (
	"fmt"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/identity"
	"s6box/internal/inet"
	"s6box/internal/proc"
	"s6box/ipc/unixsocket"
)

var cmdS6Socklog = applet.Applet{
	Name: "s6-socklog",
	Usage: "[ -d notif ] [ -r ] [ -U | -u uid -g gid -G gidlist ] [ -l linelen ] [ -t lameducktimeout ] " +
		"[ -x socket | -i ip_port ]",
	Help: `A syslog daemon: prints the datagrams that arrive at /dev/log on stdout, one a line, with the names of their
facility and level in front. Newlines and NULs inside become tildes.

  -d FD       write a newline to FD, which is 3 or more, when ready
  -r          leave <13> and the like as they are
  -l N        cut datagrams at N bytes (1024; from 76 to 1048576)
  -t MS       upon TERM, wait MS milliseconds at most for lines to be written (0: as long as it takes)
  -x SOCKET   that Unix socket instead of /dev/log
  -i IP_PORT  a UDP socket, port 514 if there is none; the sender stands in front of each line
  -u UID, -g GID, -G GIDS, -U   change ids once the socket is bound; -U: to $UID, $GID and $GIDLIST

Exit codes: 0 TERM, 99 TERM and lines were lost, 100 usage, 111 a system call failed.

Example: s6-socklog -d 3 -t 3000 -U
`,
	Run: runSocklog,
}

// socklog is the task of s6-socklog.
type socklog struct {
	*applet.Invocation
	path    string
	udp     inet.AddrPort // no address: path
	raw     bool
	longest uint64
	fd      int
}

func runSocklog(inv *applet.Invocation) error {
	s := socklog{Invocation: inv, path: "/dev/log", longest: 1024}
	ids := identity.None()
	notify := proc.FD(-1)
	var grace uint64
	err := inv.Getopt("d:rUu:g:G:l:t:x:i:", func(opt byte, value string) (err error) {
		switch opt {
		case 'd':
			notify, err = s.notification(value)
			return err
		case 'r':
			s.raw = true
		case 'l':
			return inv.Uint(&s.longest)(value)
		case 't':
			return inv.Uint(&grace)(value)
		case 'x':
			s.path, s.udp = value, inet.AddrPort{}
		case 'i':
			var ok bool
			if s.udp, ok = parseAddress(value); !ok {
				return inv.UsageError()
			}
		default:
			return identity.Option(inv, &ids, opt, value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := inv.Proc.FD(1); err != nil {
		return applet.Fatal(applet.ExitUsage, "invalid stdout: %s", applet.Reason(err))
	}
	s.longest = min(max(s.longest, 76), 1<<20)
	if err := s.bind(); err != nil {
		return err
	}
	if err := identity.Apply(inv, ids); err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGTERM)
	proc.OutliveReaders()
	if notify >= 0 {
		notify.Write([]byte("\n"))
		notify.Close()
	}
	return s.serve(signals, time.Duration(min(grace, 1<<40))*time.Millisecond)
}

func (s *socklog) notification(value string) (proc.FD, error) {
	n, ok := applet.ParseUint(value)
	if !ok || n > 1<<20 {
		return -1, s.UsageError()
	}
	if n < 3 {
		return -1, applet.Fatal(applet.ExitUsage, "notification fd must be 3 or more")
	}
	if _, err := s.Proc.FD(int(n)); err != nil {
		return -1, applet.Fatal(applet.ExitUsage, "invalid notification fd: %s", value)
	}
	return proc.FD(n), nil
}

func (s *socklog) bind() (err error) {
	family := unix.AF_UNIX
	var addr unix.Sockaddr
	if s.udp.Addr.IsValid() {
		family = inet.Family(s.udp.Addr)
		if addr, err = inet.Sockaddr(s.udp); err != nil {
			return applet.System(err, "find the interface of %s", s.udp.Addr.Zone())
		}
	}
	if s.fd, err = unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return applet.System(err, "create socket")
	}
	if addr != nil {
		if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return applet.System(err, "set SO_REUSEADDR")
		}
		if err := unix.Bind(s.fd, addr); err != nil {
			return applet.System(err, "bind socket to ip %s port %d", s.udp.Addr, s.udp.Port)
		}
		return nil
	}
	err = s.Proc.WithUmask(0, func() error { return unixsocket.Rebind(s.fd, s.path) })
	if err != nil {
		return applet.System(err, "bind socket to %s", s.path)
	}
	return nil
}

// serve prints what arrives until TERM; lines read by then have grace to be written.
func (s *socklog) serve(signals <-chan os.Signal, grace time.Duration) error {
	const ahead = 64 // lines that may wait for stdout
	lines, failed := make(chan []byte, ahead), make(chan error, 2)
	quit, done := make(chan struct{}), make(chan struct{})
	go func() { failed <- s.receive(lines) }()
	go func() {
		if err := s.print(lines, quit); err != nil {
			failed <- err
			return
		}
		close(done)
	}()
	select {
	case err := <-failed:
		return err
	case <-signals:
	}
	close(quit)
	var late <-chan time.Time
	if grace > 0 {
		late = time.After(grace)
	}
	select {
	case <-done:
		return nil
	case err := <-failed:
		return err
	case <-late:
		return applet.Exit(applet.ExitDone)
	}
}

func (s *socklog) receive(lines chan<- []byte) error {
	buf := make([]byte, s.longest)
	for {
		n, from, err := unix.Recvfrom(s.fd, buf, unix.MSG_TRUNC) // n is the length of all of it
		switch {
		case err == unix.EINTR || err == unix.ECONNREFUSED:
			continue
		case err != nil:
			return applet.System(err, "recv")
		case n == 0:
			continue
		}
		cut := n > len(buf)
		lines <- syslogLine(s.sender(from), buf[:min(n, len(buf))], cut, s.raw)
	}
}

// sender is the start of a line from the network.
func (s *socklog) sender(from unix.Sockaddr) []byte {
	a, ok := inet.AddressOf(from)
	if !ok {
		return nil
	}
	return fmt.Appendf(nil, "%s_%d: ", a.Addr, a.Port)
}

// print writes lines until quit is closed, and then those that have been read.
func (s *socklog) print(lines <-chan []byte, quit <-chan struct{}) error {
	stdout := s.Proc.Stdout()
	for {
		var line []byte
		select {
		case line = <-lines:
		case <-quit:
			select {
			case line = <-lines:
			default:
				return nil
			}
		}
		if _, err := stdout.Write(line); err != nil {
			return applet.System(err, "write to stdout")
		}
	}
}
