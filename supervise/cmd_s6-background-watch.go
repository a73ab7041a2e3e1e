package supervise

import (
	"bytes"
	"errors"
	"os"
	"os/signal"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdS6BackgroundWatch = applet.Applet{
	Name:  "s6-background-watch",
	Usage: "[ -t timeout ] [ -d notif ] pidfile prog...",
	Help: `For run scripts: runs prog, which starts a daemon in the background, writes the daemon's pid to pidfile and
exits 0. It then stands for the daemon: passes on the signals it gets, and exits when the daemon does.

  -t, --timeout-ready MS      kill prog if it has not exited after MS milliseconds
  -d, --notification-fd FD    write a newline to FD once prog has exited 0 and pidfile has been read

Exit codes: that of the daemon, or of prog if it failed, or 128 plus the signal; 104 pidfile is of no use,
100 wrong usage, 111 system call failed, 126 or 127 prog can't be executed.

Example: s6-background-watch -d 3 /run/old-daemon.pid old-daemon
`,
	Run: runBackgroundWatch,
}

// exitPidfile is the exit code for a pidfile that does not tell the daemon.
const exitPidfile = 104

// bgWatch stands for a daemon in the background.
type bgWatch struct {
	inv     *applet.Invocation
	pidfile string
	prog    string
	timeout uint64
	ended   chan ended
}

// ended is a child that has ended; pid 0: there is none left.
type ended struct {
	pid    int
	status proc.Status
}

func runBackgroundWatch(inv *applet.Invocation) error {
	w := &bgWatch{inv: inv}
	notify := -1
	err := inv.Gol(
		applet.Option{Short: 't', Long: "timeout-ready", Value: true, Set: applet.Number("timeout-ready", &w.timeout)},
		applet.Option{Short: 'd', Long: "notification-fd", Value: true, Set: func(value string) error {
			var n uint64
			err := applet.Number("notification-fd", &n)(value)
			notify = int(n)
			return err
		}},
	)
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	w.pidfile, w.prog = inv.Args[0], inv.Args[1]
	if notify >= 0 {
		if notify <= 2 {
			return applet.Fatal(applet.ExitUsage, "notification-fd cannot be 0, 1 or 2")
		}
		if _, err := inv.Proc.FD(notify); err != nil {
			return applet.System(err, "check notification-fd")
		}
		unix.CloseOnExec(notify)
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return applet.System(err, "become a reaper of orphans")
	}
	signals := make(chan os.Signal, 64)
	signal.Notify(signals, passedOn()...)
	pid, err := w.start(signals)
	if err != nil {
		return err
	}
	if notify >= 0 {
		proc.FD(notify).Write([]byte("\n"))
		unix.Close(notify)
	}
	status, err := w.until(pid, signals, nil)
	if err != nil {
		return err
	}
	return applet.Exit(status.Approx())
}

// passedOn is every signal that can be caught and tells this process something from outside.
func passedOn() []os.Signal {
	var list []os.Signal
	for n := unix.Signal(1); n <= 64; n++ {
		switch n {
		case unix.SIGKILL, unix.SIGSTOP, unix.SIGCHLD, unix.SIGPIPE, 32, 33, 34,
			unix.SIGILL, unix.SIGTRAP, unix.SIGBUS, unix.SIGFPE, unix.SIGSEGV,
			unix.SIGURG: // the Go runtime sends it to itself
		default:
			list = append(list, n)
		}
	}
	return list
}

// start runs prog and returns the pid of its daemon.
func (w *bgWatch) start(signals <-chan os.Signal) (int, error) {
	st := w.inv.Proc.Clone()
	defer st.Release()
	pid, status, err := chain.Start(st, w.inv.Args[1:])
	if reason := errors.Unwrap(err); reason != nil {
		return 0, applet.SystemCode(proc.ExecCode(reason), reason, "spawn %s", w.prog)
	}
	if err != nil {
		return 0, err
	}
	w.ended = make(chan ended)
	if pid != 0 {
		var late <-chan time.Time
		if w.timeout > 0 {
			late = time.After(time.Duration(w.timeout) * time.Millisecond)
		}
		if status, err = w.until(pid, signals, late); err != nil {
			return 0, err
		}
	}
	switch {
	case status.Signal() != 0:
		return 0, applet.Fatal(status.Approx(), "%s (parent) crashed with signal %d", w.prog, status.Signal())
	case !status.OK():
		return 0, applet.Fatal(status.Approx(), "%s (parent) exited %d", w.prog, status.Code())
	}
	return w.daemon()
}

// reap waits for a child, one of its own or an orphan it has got.
func reap() ended {
	for {
		var ws unix.WaitStatus
		switch pid, err := unix.Wait4(-1, &ws, 0, nil); err {
		case unix.EINTR:
		case nil:
			return ended{pid, proc.Status(ws)}
		default:
			return ended{}
		}
	}
}

// until passes signals on to pid and waits for its end. When it is late it is killed. Nothing is waited for
// between two calls: a daemon that is dead already can still be looked up.
func (w *bgWatch) until(pid int, signals <-chan os.Signal, late <-chan time.Time) (proc.Status, error) {
	await := func() { w.ended <- reap() }
	go await()
	for {
		select {
		case sig := <-signals:
			unix.Kill(pid, sig.(unix.Signal))
		case <-late:
			w.inv.Warn("%s (parent) did not exit before timeout-ready, killing it", w.prog)
			unix.Kill(pid, unix.SIGKILL)
		case e := <-w.ended:
			switch e.pid {
			case pid:
				return e.status, nil
			case 0:
				return 0, applet.System(unix.ECHILD, "wait for process %d", pid)
			}
			go await()
		}
	}
}

// daemon reads the pidfile. The daemon is a process that prog has started: nobody else gets signals from
// here, whatever the file says.
func (w *bgWatch) daemon() (int, error) {
	path, err := w.inv.Proc.Path(w.pidfile)
	if err != nil {
		return 0, err
	}
	const longest = 64
	data, err := sys.ReadFile(sys.AT, path, longest)
	switch {
	case err == unix.ENOENT:
		return 0, applet.Fatal(exitPidfile, "%s (parent) exited but pidfile %s does not exist", w.prog, w.pidfile)
	case err != nil:
		return 0, applet.System(err, "read %s", w.pidfile)
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	pid, err := strconv.Atoi(string(bytes.TrimSpace(line)))
	if err != nil || pid <= 1 {
		return 0, applet.Fatal(exitPidfile, "pidfile %s does not contain a valid pid", w.pidfile)
	}
	if err := unix.Kill(pid, 0); err == unix.ESRCH {
		return 0, applet.System(err, "check daemon with a null signal")
	}
	if !descends(pid, unix.Getpid()) {
		return 0, applet.Fatal(exitPidfile, "pidfile %s contains %d, which is no process that %s has started", w.pidfile, pid, w.prog)
	}
	return pid, nil
}

// descends tells whether process pid is a descendant of ancestor.
func descends(pid, ancestor int) bool {
	for ok := true; ok && pid > 1; {
		if pid == ancestor {
			return true
		}
		pid, ok = proc.ParentOf(pid)
	}
	return pid == ancestor
}
