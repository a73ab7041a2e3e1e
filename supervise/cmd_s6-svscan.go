package supervise

import (
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdS6Svscan = applet.Applet{
	Name:  "s6-svscan",
	Usage: "[ -C services_max ] [ -L name_max ] [ -t timeout ] [ -d notif ] [ -X consoleholder ] scandir",
	Help: `Supervises every service directory in scandir, in one process, until s6-svscanctl or a signal ends it.
Then it executes .s6-svscan/finish, or exits 0 if there is none.

  -C N, --services-max=N     at most N services, loggers included (1000)
  -L N, --name-max=N         pass over names longer than N bytes (251)
  -t MS, --timeout=MS        look for new services every MS milliseconds (0: when told to)
  -d FD, --notification-fd=FD  write a newline to FD when ready for s6-svscanctl
  -X FD, --console-holder=FD   stderr of the service s6-svscan-log is FD

Exit codes: 100 wrong usage, or scandir has an s6-svscan; 111 a system call failed.

Example: s6-svscan /run/service
`,
	Run: runSvscan,
}

// Limits of the options of s6-svscan.
const (
	defaultMax, leastMax, mostMax             = 1000, 4, 160000
	defaultNameMax, leastNameMax, mostNameMax = 251, 11, 1019
)

func runSvscan(inv *applet.Invocation) error {
	o, err := scanOptions(inv)
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if err := needOpen(inv, o.Notify, "notification"); err != nil {
		return err
	}
	if err := needOpen(inv, o.Console, "console holder"); err != nil {
		return err
	}
	inv.Proc.OpenStd()
	if err := inv.Proc.Chdir(inv.Args[0]); err != nil {
		return applet.System(err, "chdir to %s", inv.Args[0])
	}
	if o.Console > 0 {
		unix.CloseOnExec(o.Console)
	}
	var sc *Scan
	e, err := New(Options{
		Prog: inv.Prog, Env: inv.Proc.Env, Stderr: inv.Proc.Stderr(),
		Signals: scanSignals(), OnSignal: func(sig unix.Signal) { sc.Signal(sig) },
	})
	if err != nil {
		return err
	}
	defer e.Close()
	o.Ended = e.Stop
	o.Ending = func() { sc.hush(inv.Proc) }
	if sc, err = NewScan(e, ".", o); err != nil {
		return err
	}
	sc.Start()
	crash := e.Run()
	if o.Console > 0 {
		inv.Proc.CopyFD(1, o.Console)
		inv.Proc.CopyFD(2, o.Console)
	}
	if crash == nil {
		switch err := execFile(inv.Proc, ".s6-svscan/finish"); err {
		case unix.ENOENT:
			return nil
		default:
			crash = applet.System(err, "exec finish script .s6-svscan/finish")
		}
	}
	inv.Warn("%s", crash)
	inv.Warn("executing into .s6-svscan/crash")
	err = execFile(inv.Proc, ".s6-svscan/crash")
	return applet.SystemCode(proc.ExecCode(err), err, "exec .s6-svscan/crash")
}

func execFile(st *proc.State, file string) error { return st.Exec(file, []string{file}) }

// hush lets go of the descriptors that may be the input of the logger s6-svscan-log, so that it can end.
func (sc *Scan) hush(st *proc.State) {
	if sc.names[consoleLogger] == nil {
		return
	}
	null, err := sys.Open(sys.AT, "/dev/null", unix.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer unix.Close(null)
	st.CopyFD(1, null)
	st.CopyFD(2, null)
}

func scanOptions(inv *applet.Invocation) (o ScanOptions, err error) {
	var rescan int
	number := func(name string, least int, p *int) func(string) error {
		return func(value string) error {
			var n uint64
			if err := applet.Number(name, &n)(value); err != nil {
				return err
			}
			if n < uint64(least) {
				return applet.Fatal(applet.ExitUsage, "%s must be %d or more", name, least)
			}
			*p = int(min(n, math.MaxInt32))
			return nil
		}
	}
	o.Max, o.NameMax = defaultMax, defaultNameMax
	err = inv.Gol(
		applet.Option{Short: 'C', Long: "services-max", Value: true, Set: number("services_max", 0, &o.Max)},
		applet.Option{Short: 'L', Long: "name-max", Value: true, Set: number("name_max", 0, &o.NameMax)},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: number("timeout", 0, &rescan)},
		applet.Option{Short: 'd', Long: "notification-fd", Value: true, Set: number("notif", 3, &o.Notify)},
		applet.Option{Short: 'X', Long: "console-holder", Value: true, Set: number("consoleholder", 3, &o.Console)},
	)
	o.Max = min(max(o.Max, leastMax), mostMax)
	o.NameMax = min(max(o.NameMax, leastNameMax), mostNameMax)
	o.Rescan = time.Duration(rescan) * time.Millisecond
	return o, err
}

// needOpen makes sure that a descriptor is open, unless it is 0: then the option for it is not given.
func needOpen(inv *applet.Invocation, fd int, purpose string) error {
	if fd == 0 {
		return nil
	}
	if _, err := inv.Proc.FD(fd); err != nil {
		return applet.Fatal(applet.ExitUsage, "invalid %s fd: %s", purpose, applet.Reason(err))
	}
	return nil
}

// scanSignals are those s6-svscan reacts to.
func scanSignals() []os.Signal {
	return []os.Signal{unix.SIGALRM, unix.SIGABRT, unix.SIGHUP, unix.SIGINT, unix.SIGTERM,
		unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGPWR, unix.SIGWINCH}
}
