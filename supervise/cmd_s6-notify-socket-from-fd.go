package supervise

import (
	"bytes"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

const fromFdHelper = "s6box-notify-socket-from-fd"

var cmdS6NotifySocketFromFd = applet.Applet{
	Name:  "s6-notify-socket-from-fd",
	Usage: "[ -d fd ] [ -f ] [ -t timeout ] [ -k ] prog...",
	Help: `Executes prog, which tells its readiness as s6's services do, by a newline on a descriptor, and passes that on
to a manager that speaks systemd's protocol on the socket NOTIFY_SOCKET names. Without that variable it only
executes prog.

  -d, --notification-fd FD  the descriptor prog writes to (1)
  -t, --timeout MS          give up after MS milliseconds
  -f, --no-doublefork       run beside prog as its child, not as an orphan
  -k, --keep-environment    leave NOTIFY_SOCKET in prog's environment

Exit codes, before prog is executed: 100 wrong usage, 111 system call failed.

Example: s6-notify-socket-from-fd -d 3 s6-log -d3 /var/log/app
`,
	Chain: runFromFd,
	Waits: true,
}

var cmdFromFdHelper = applet.Applet{
	Name:   fromFdHelper,
	Usage:  "pipe pid timeout",
	Hidden: true,
	Run:    runFromFdHelper,
}

func runFromFd(inv *applet.Invocation) (rest []string, err error) {
	n := notifying{fd: 1}
	err = n.set(inv, 'd', applet.Option{Short: 'k', Long: "keep-environment", Set: applet.Flag(&n.keep)})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if name, _ := inv.Proc.Env.Get(notifySocket); name == "" {
		return inv.Args, nil
	}
	if inv.Proc.Virtual() {
		return nil, proc.ErrNeedProcess
	}
	r, w, err := proc.Pipe()
	if err != nil {
		return nil, applet.System(err, "create a pipe")
	}
	if err := n.readBeside(inv, r); err != nil {
		return nil, err
	}
	if err := inv.Proc.SetFD(int(n.fd), w); err != nil {
		return nil, applet.System(err, "move the pipe to descriptor %d", n.fd)
	}
	if !n.keep {
		inv.Proc.Env = inv.Proc.Env.Unset(notifySocket)
	}
	return inv.Args, nil
}

// readBeside starts the helper that reads the pipe r. Here r is closed: its number may be the one to notify on.
func (n *notifying) readBeside(inv *applet.Invocation, r int) error {
	b := &beside{st: inv.Proc.Clone()}
	defer b.st.Release()
	number, err := b.st.KeepFD(r)
	if err != nil {
		return applet.System(err, "keep the pipe")
	}
	pid := uint64(unix.Getpid())
	return b.start(numbers(fromFdHelper, uint64(number), pid, n.timeout), !n.child)
}

// exitUnready is the helper's exit code when prog died, or closed its descriptor, before it was ready.
const exitUnready = 1

func runFromFdHelper(inv *applet.Invocation) error {
	var pipe, pid, timeout uint64
	if err := parseNumbers(inv, &pipe, &pid, &timeout); err != nil {
		return err
	}
	inv.Prog = "s6-notify-socket-from-fd"
	deadline := sys.Deadline(timeout)
	ready, err := newline(int(pipe), deadline)
	switch {
	case err == unix.ETIMEDOUT:
		return applet.Exit(applet.ExitDone)
	case err != nil:
		return applet.System(err, "read from prog")
	case !ready:
		return applet.Exit(exitUnready)
	}
	name, _ := inv.Proc.Env.Get(notifySocket)
	if err := tellReady(name, pid, deadline); err != nil {
		return applet.System(err, "send notification message to %s", name)
	}
	return nil
}

// newline waits for a newline on fd and tells whether it came before the end.
func newline(fd int, deadline time.Time) (bool, error) {
	var buf [256]byte
	for {
		n, err := sys.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, deadline)
		if err != nil {
			return false, err
		}
		if n == 0 {
			return false, unix.ETIMEDOUT
		}
		switch n, err := unix.Read(fd, buf[:]); {
		case err == unix.EINTR:
		case err != nil:
			return false, err
		case n == 0:
			return false, nil
		case bytes.IndexByte(buf[:n], '\n') >= 0:
			return true, nil
		}
	}
}

// tellReady tells the manager at the socket name that process pid is ready. It then waits until the manager
// has taken that in, as sd_notify_barrier(3) does: a message from a process that is gone may be refused.
func tellReady(name string, pid uint64, deadline time.Time) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	to := &unix.SockaddrUnix{Name: name} // a leading "@" stands for an abstract name here as well
	message := "READY=1\nMAINPID=" + strconv.FormatUint(pid, 10) + "\n"
	if err := unix.Sendto(fd, []byte(message), unix.MSG_NOSIGNAL, to); err != nil {
		return err
	}
	r, w, err := proc.Pipe()
	if err != nil {
		return err
	}
	defer unix.Close(r)
	err = unix.Sendmsg(fd, []byte("BARRIER=1\n"), unix.UnixRights(w), to, unix.MSG_NOSIGNAL)
	unix.Close(w)
	if err != nil {
		return err
	}
	_, err = sys.Poll([]unix.PollFd{{Fd: int32(r)}}, deadline)
	return err
}
