package supervise

import (
	"bytes"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

const (
	fromSocketHelper = "s6box-notify-fd-from-socket"
	notifySocket     = "NOTIFY_SOCKET"
)

var cmdS6NotifyFdFromSocket = applet.Applet{
	Name:  "s6-notify-fd-from-socket",
	Usage: "[ -f ] [ -3 fd ] [ -t timeout ] prog...",
	Help: `For run scripts: executes prog, which tells its readiness as systemd's services do, by READY=1 on the socket
that NOTIFY_SOCKET names, and passes that on to the supervisor.

  -3, --notification-fd FD  the descriptor to notify on; by default the one that ./notification-fd says
  -t, --timeout MS          give up after MS milliseconds
  -f, --no-doublefork       run beside prog as its child, not as an orphan

Exit codes, before prog is executed: 100 wrong usage, 111 system call failed.

Example: s6-notify-fd-from-socket my-daemon --foreground
`,
	Chain: runFromSocket,
	Waits: true,
}

var cmdFromSocketHelper = applet.Applet{
	Name:   fromSocketHelper,
	Usage:  "lifeline socket notification-fd timeout",
	Hidden: true,
	Run:    runFromSocketHelper,
}

// notifying is what the options of the two notify commands say.
type notifying struct {
	fd, timeout uint64
	hasFd       bool
	child       bool
	keep        bool
}

// set takes in the options; short is the letter of the descriptor's.
func (n *notifying) set(inv *applet.Invocation, short byte, more ...applet.Option) error {
	return inv.Gol(append(more,
		applet.Option{Short: short, Long: "notification-fd", Value: true, Set: func(value string) error {
			n.hasFd = true
			return applet.Number("notification-fd", &n.fd)(value)
		}},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &n.timeout)},
		applet.Option{Short: 'f', Long: "no-doublefork", Set: applet.Flag(&n.child)},
	)...)
}

func runFromSocket(inv *applet.Invocation) (rest []string, err error) {
	var n notifying
	if err := n.set(inv, '3'); err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if !n.hasFd {
		if n.fd, err = notificationFd(inv); err != nil {
			return nil, err
		}
	}
	if err := checkNotification(inv, int(n.fd)); err != nil {
		return nil, err
	}
	b, err := newBeside(inv.Proc)
	if err != nil {
		return nil, applet.System(err, "watch this process")
	}
	defer b.st.Release()
	socket, name, err := anonymousSocket()
	if err != nil {
		return nil, applet.System(err, "create a socket")
	}
	number, err := b.st.KeepFD(socket)
	if err != nil {
		return nil, applet.System(err, "keep the socket")
	}
	argv := numbers(fromSocketHelper, uint64(b.life), uint64(number), n.fd, n.timeout)
	if err := b.start(argv, !n.child); err != nil {
		return nil, err
	}
	if err := inv.Proc.CloseFD(int(n.fd)); err != nil {
		return nil, applet.System(err, "close descriptor %d", n.fd)
	}
	inv.Proc.Env = inv.Proc.Env.Set(notifySocket, name)
	return inv.Args, nil
}

// anonymousSocket makes a datagram socket with an abstract name of the kernel's choice. It returns the name
// as NOTIFY_SOCKET has it, "@" standing for the zero byte in front.
func anonymousSocket() (fd int, name string, err error) {
	fd, err = unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, "", err
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{}); err != nil {
		unix.Close(fd)
		return -1, "", err
	}
	addr, err := unix.Getsockname(fd)
	if err != nil {
		unix.Close(fd)
		return -1, "", err
	}
	return fd, addr.(*unix.SockaddrUnix).Name, nil
}

// numbers is a command line of a name and numbers.
func numbers(name string, values ...uint64) []string {
	words := []string{name}
	for _, v := range values {
		words = append(words, strconv.FormatUint(v, 10))
	}
	return words
}

// parseNumbers reads the words of numbers.
func parseNumbers(inv *applet.Invocation, to ...*uint64) error {
	if len(inv.Args) != len(to) {
		return inv.UsageError()
	}
	for i, p := range to {
		if err := inv.Uint(p)(inv.Args[i]); err != nil {
			return err
		}
	}
	return nil
}

func runFromSocketHelper(inv *applet.Invocation) error {
	var life, socket, fd, timeout uint64
	if err := parseNumbers(inv, &life, &socket, &fd, &timeout); err != nil {
		return err
	}
	deadline := sys.Deadline(timeout)
	for {
		ready, died, err := waitFor(int(life), int(socket), deadline)
		switch {
		case err != nil:
			return applet.System(err, "wait for a message")
		case ready && saysReady(int(socket)):
			_, err := proc.FD(fd).Write([]byte("\n"))
			return err
		case ready:
		case died:
			return nil
		case sys.Past(deadline):
			return applet.Exit(applet.ExitDone)
		}
	}
}

// saysReady reads a message and tells whether one of its lines is READY=1.
func saysReady(socket int) bool {
	var buf [4096]byte
	n, err := unix.Read(socket, buf[:])
	if err != nil {
		return false
	}
	for line := range bytes.SplitSeq(buf[:n], []byte("\n")) {
		if string(line) == "READY=1" {
			return true
		}
	}
	return false
}
