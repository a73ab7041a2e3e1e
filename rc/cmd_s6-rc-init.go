package rc

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/rc/live"
	"s6box/supervise"
)

// defaultBootdb is the database to boot on where none is named.
const defaultBootdb = "/etc/s6-rc/compiled/current"

// exitMismatch is the exit code for something that is not as the caller says.
const exitMismatch = 102

var cmdS6RcInit = applet.Applet{
	Name:  "s6-rc-init",
	Usage: "[ -c bootdb ] [ -l livedir ] [ -p prefix ] [ -t timeout ] [ -d ] [ -b ] scandir",
	Help: `Makes the live directory for a compiled database, with every service down, and has the s6-svscan of scandir
supervise its longruns. All paths are absolute.

  -c DIR      the database (default /etc/s6-rc/compiled/current)
  -l DIR      the live directory, which should not exist yet (default /run/s6-rc); one that is in use is kept
  -p PREFIX   put PREFIX before the names of services in scandir
  -t MS       give up when supervisors are not there after MS milliseconds
  -d          name the database by its real path
  -b          wait while the database is being written, instead of failing

Exit codes: 0 done, 4 invalid database, 100 wrong usage or no s6-svscan, 102 a live directory is in use with
another database or prefix, 111 a system call failed.

Example: s6-rc-init -c /etc/s6-rc/compiled /run/service
`,
	Run: runInit,
}

func runInit(inv *applet.Invocation) error {
	l := live.Layout{Live: defaultLive(inv), Compiled: defaultBootdb}
	var deref, wait bool
	var timeout uint64
	err := inv.Gol(
		applet.Option{Short: 'c', Long: "bootdb", Value: true, Set: applet.String(&l.Compiled)},
		applet.Option{Short: 'l', Long: "livedir", Value: true, Set: applet.String(&l.Live)},
		applet.Option{Short: 'p', Long: "prefix", Value: true, Set: applet.String(&l.Prefix)},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &timeout)},
		applet.Option{Short: 'd', Long: "dereference", Set: applet.Flag(&deref)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&wait)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	l.Scandir = inv.Args[0]
	if strings.ContainsAny(l.Prefix, "/\n") {
		return applet.Fatal(applet.ExitUsage, "prefix cannot contain a / or a newline")
	}
	if strings.HasPrefix(l.Prefix, ".") {
		return applet.Fatal(applet.ExitUsage, "prefix cannot begin with a dot: s6-svscan does not look at such names")
	}
	for len(l.Live) > 1 && strings.HasSuffix(l.Live, "/") {
		l.Live = l.Live[:len(l.Live)-1]
	}
	deadline := sys.Deadline(timeout)
	if err := checkLayout(&l, deref); err != nil {
		return err
	}
	if done, err := reuse(inv, l, deadline); done || err != nil {
		return err
	}
	d, err := openDB(l.Compiled, wait)
	if err != nil {
		return err
	}
	names := d.LongrunNames()
	if err := live.Free(l, names); err != nil {
		return liveError(err)
	}
	displaced, _ := os.Readlink(l.Live)
	real, err := live.Create(l, d, live.CopyServicedirs(l.Compiled))
	if err != nil {
		return liveError(err)
	}
	if err := live.Register(l, l.Live, names, deadline); err != nil { // links that outlive an update
		if !errors.Is(err, unix.ETIMEDOUT) {
			live.Withdraw(l, real, names)
		}
		return liveError(err)
	}
	return liveError(discard(l.Live, displaced))
}

// discard removes the live directory that the link pointed to before. One on which nobody ran then may have supervisors by
// now, if a program was killed that had just told of it.
func discard(link, target string) error {
	beside, err := live.Beside(link)
	if err != nil {
		return err
	}
	for _, dir := range beside {
		if filepath.Base(dir) == target {
			return live.Discard(dir)
		}
	}
	return nil
}

// liveError words an error of package live.
func liveError(err error) error {
	var e *live.Error
	if errors.As(err, &e) {
		return applet.System(e.Err, "%s", e.What)
	}
	return err
}

// checkLayout asks for absolute paths and a running s6-svscan.
func checkLayout(l *live.Layout, deref bool) error {
	if !strings.HasPrefix(l.Scandir, "/") {
		return applet.Fatal(applet.ExitUsage, "scandir must be an absolute path: %s", l.Scandir)
	}
	if !strings.HasPrefix(l.Live, "/") {
		return applet.Fatal(applet.ExitUsage, "livedir must be an absolute path: %s", l.Live)
	}
	if deref {
		path, err := sys.RealPath(l.Compiled)
		if err != nil {
			return applet.System(err, "resolve %s", l.Compiled)
		}
		l.Compiled = path
	}
	if !strings.HasPrefix(l.Compiled, "/") {
		return applet.Fatal(applet.ExitUsage, "bootdb must be an absolute path: %s", l.Compiled)
	}
	return scanned(l.Scandir)
}

// scanned asks for a running s6-svscan.
func scanned(scandir string) error {
	err := supervise.ControlScandir(sys.AT, scandir, "")
	switch {
	case errors.Is(err, supervise.ErrNotListening):
		return applet.Fatal(applet.ExitUsage, "s6-svscan is not running on %s", scandir)
	case err != nil:
		return applet.System(err, "check %s", scandir)
	}
	return nil
}

// reuse looks for a live directory that supervisors still run on: under its name, or left without one when a
// program was killed between two steps. One that fits is kept; done tells so.
func reuse(inv *applet.Invocation, l live.Layout, deadline time.Time) (done bool, err error) {
	real, err := filepath.EvalSymlinks(l.Live)
	named := err == nil
	if !named {
		if real = stray(l.Live); real == "" {
			return false, nil
		}
	}
	running, err := supervise.Running(sys.AT, real+"/"+live.Servicedirs+"/"+db.Fdholder)
	if err != nil {
		return false, applet.System(err, "check for a supervisor in %s", real)
	}
	if !running {
		if named {
			inv.Warn("directory %s looks like a live directory but has no supervisors running", real)
		}
		return false, nil
	}
	if err := sameLayout(l, real); err != nil {
		return false, err
	}
	if named {
		inv.Info("s6-rc already running on %s", real)
		return true, complete(l, deadline)
	}
	inv.Info("s6-rc already running on %s - recovering it", real)
	if err := live.Switch(l.Live, real); err != nil {
		return true, liveError(err)
	}
	return true, complete(l, deadline)
}

// complete has those longruns supervised that are not, since the program that was to do it was killed.
func complete(l live.Layout, deadline time.Time) error {
	dir := live.Dir{Path: l.Live}
	if dir.Changing() {
		return nil // an update looks after that
	}
	live.Tidy(l.Live)
	d, err := readDB(l.Live + "/" + live.Compiled)
	if err != nil {
		return err
	}
	var names []string
	for _, s := range d.Services[:d.Longruns] {
		if !live.Supervised(dir.Servicedir(s.Name)) {
			names = append(names, s.Name)
		}
	}
	return liveError(live.Register(l, l.Live, names, deadline))
}

// stray finds a live directory that nothing points to; "" if there is none.
func stray(path string) string {
	found, _ := live.Beside(path)
	for _, dir := range found {
		if running, _ := live.InUse(dir); running {
			return dir
		}
	}
	return ""
}

// sameLayout checks that a live directory in use is what the caller asks for.
func sameLayout(l live.Layout, real string) error {
	for _, c := range []struct{ link, want, what string }{
		{live.Scandir, l.Scandir, "scandir"}, {live.Compiled, l.Compiled, "bootdb"},
	} {
		got, err := os.Readlink(real + "/" + c.link)
		if err != nil {
			return applet.System(err, "readlink %s/%s", real, c.link)
		}
		if got != c.want {
			return applet.Fatal(exitMismatch, "existing livedir at %s uses %s at %s rather than %s", real, c.what, got, c.want)
		}
	}
	prefix, err := sys.ReadFile(sys.AT, real+"/"+live.Prefix, 4096)
	if err != nil && err != unix.ENOENT {
		return applet.System(err, "read %s/%s", real, live.Prefix)
	}
	if string(prefix) != l.Prefix {
		return applet.Fatal(exitMismatch, "prefix mismatch with the existing livedir at %s: it has %q, not %q", real, prefix, l.Prefix)
	}
	return nil
}
