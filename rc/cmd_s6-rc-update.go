package rc

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/change"
	"s6box/rc/db"
	"s6box/rc/live"
	"s6box/rc/update"
	"s6box/supervise"
)

var cmdS6RcUpdate = applet.Applet{
	Name:  "s6-rc-update",
	Usage: "[ -n ] [ -v verbosity ] [ -t timeout ] [ -l live ] [ -f conversion_file ] [ -E | -e ] [ -b ] newdb",
	Help: `Puts another compiled database, newdb (an absolute path), in force while services run. Services that are up stay up;
those that are gone, have changed their type, or depend on what is not up yet, are stopped before and started after.

  -f FILE  conversion file: lines "OLD -> NEW", "NAME restart" or "OLD -> NEW restart"
  -n       print the s6-rc commands that would stop and start services, and do nothing
  -l DIR   live directory (default /run/s6-rc)
  -t MS    give up after MS milliseconds
  -e, -E   stop essential services like others, or leave them up (default)
  -b       wait while another program uses the live directory, instead of failing
  -v N     verbosity: 0 errors, 1 warnings (default), 2 what it does

Exit codes: 0 done, 1 some services could not be started, 2 timed out while starting, 3 unknown service in the conversion
file, 4 invalid database, 5 a bundle in the conversion file, 6 a service twice in it, 9 some services could not be
stopped and the old database stays, 10 timed out while stopping, 100 wrong usage, 111 a system call failed.

Example: s6-rc-update -v2 /etc/s6-rc/compiled-2
`,
	Run: runUpdate,
}

// rcUpdate is one call of s6-rc-update.
type rcUpdate struct {
	rcCall
	newdb      string
	conversion string
	plan       *update.Plan
	deadline   time.Time
}

func runUpdate(inv *applet.Invocation) error {
	u := &rcUpdate{rcCall: rcCall{inv: inv, verbosity: 1, live: live.Dir{Path: defaultLive(inv)}}}
	if err := u.options(); err != nil {
		return err
	}
	return u.run()
}

// run carries the call out.
func (u *rcUpdate) run() error {
	if err := u.prepare(); err != nil {
		return err
	}
	if u.dry {
		return u.show()
	}
	layout, err := u.layout()
	if err != nil {
		return err
	}
	if err := u.possible(layout); err != nil {
		return err
	}
	if err := u.stop(); err != nil {
		return err
	}
	if err := u.handOver(layout); err != nil {
		return liveError(err)
	}
	return u.start()
}

func (u *rcUpdate) options() error {
	inv := u.inv
	err := inv.Gol(
		applet.Option{Short: 'n', Long: "dry-run", Set: applet.Flag(&u.dry)},
		applet.Option{Short: 'v', Long: "verbosity", Value: true, Set: applet.Number("verbosity", &u.verbosity)},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &u.timeout)},
		applet.Option{Short: 'l', Long: "livedir", Value: true, Set: applet.String(&u.live.Path)},
		applet.Option{Short: 'f', Long: "conversion-file", Value: true, Set: applet.String(&u.conversion)},
		applet.Option{Short: 'E', Long: "no-force-essentials", Set: func(string) error { u.essential = false; return nil }},
		applet.Option{Short: 'e', Long: "force-essentials", Set: applet.Flag(&u.essential)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&u.block)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	u.newdb = inv.Args[0]
	for _, path := range []string{u.newdb, u.live.Path} {
		if !strings.HasPrefix(path, "/") {
			return applet.Fatal(applet.ExitUsage, "%s is not an absolute path", path)
		}
	}
	u.deadline = sys.Deadline(u.timeout)
	return nil
}

// prepare takes the locks, reads everything and makes the plan.
func (u *rcUpdate) prepare() error {
	if err := u.open(true); err != nil {
		return err
	}
	if err := update.Settle(u.live.Path + "/" + live.Servicedirs); err != nil {
		return liveError(err)
	}
	conversions, err := u.conversions()
	if err != nil {
		return err
	}
	neu, err := openDB(u.newdb, u.block)
	if err != nil {
		return err
	}
	u.say(2, "info", "computing state adjustments")
	u.plan, err = update.New(u.db, neu, u.state, conversions)
	return updateError(err)
}

func (u *rcUpdate) conversions() ([]update.Conversion, error) {
	if u.conversion == "" {
		return nil, nil
	}
	data, err := sys.ReadFifo(sys.AT, u.conversion, 1<<24) // it may come from a program
	if err != nil {
		return nil, applet.System(err, "read conversion file %s", u.conversion)
	}
	all, err := update.ParseConversions(u.conversion, data, u.db)
	return all, updateError(err)
}

func updateError(err error) error {
	var e *update.Error
	if errors.As(err, &e) {
		return applet.Fatal(e.Code, "%s", e.Text)
	}
	return err
}

// show prints the commands that would make the change.
func (u *rcUpdate) show() error {
	var out strings.Builder
	command := func(doing, option string, set []bool, d *db.DB) {
		u.say(2, "info", doing)
		words := []string{"s6-rc-dryrun: s6-rc -v", strconv.FormatUint(u.verbosity, 10), "-t", strconv.FormatUint(u.timeout, 10),
			"-l", u.live.Path, option, "-- change"}
		for n := range d.Services {
			if set[n] {
				words = append(words, d.Services[n].Name)
			}
		}
		out.WriteString(strings.Join(words, " ") + "\n")
	}
	option := "-d"
	if u.essential {
		option = "-D"
	}
	command("stopping services in the old database", option, u.plan.Stop, u.plan.Old)
	command("starting services in the new database", "-u", u.plan.Start, u.plan.New)
	if u.verbosity == 0 {
		return nil
	}
	if _, err := u.inv.Proc.Stdout().Write([]byte(out.String())); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// possible finds out what would make the handover fail, while nothing has stopped.
func (u *rcUpdate) possible(layout live.Layout) error {
	if _, err := os.Readlink(layout.Live); err != nil {
		return applet.System(err, "update %s, which is not the link that s6-rc-init makes", layout.Live)
	}
	names := u.plan.New.LongrunNames()
	for _, name := range names {
		dir := u.newdb + "/" + live.Servicedirs + "/" + name
		if _, err := os.Stat(dir); err != nil {
			return applet.System(err, "copy %s", dir)
		}
	}
	if err := scanned(layout.Scandir); err != nil {
		return err
	}
	return liveError(live.Free(layout, names))
}

// Exit codes for failures while the old database is in force.
const (
	exitNotStopped = 9
	exitNotInTime  = 10
)

func (u *rcUpdate) stop() error {
	u.say(2, "info", "stopping services in the old database")
	x, err := u.executor(u.deadline)
	if err != nil {
		return err
	}
	before := append(live.State(nil), u.state...)
	o, err := x.Change(change.Selection{Want: u.plan.Stop, Down: true, Force: u.essential})
	switch {
	case err != nil:
		return applet.System(err, "record the new state")
	case o == change.Partial:
		return applet.Fatal(exitNotStopped, "unable to stop all the services that must stop; the old database stays in force")
	case o == change.Expired:
		return applet.Fatal(exitNotInTime, "timed out; the old database stays in force")
	case x.Aborted():
		return applet.Fatal(exitNotStopped, "told to end; the old database stays in force")
	}
	u.plan.Stopped(x.State)
	for _, name := range u.plan.Lost() {
		u.say(1, "warning", "service "+name+" is still up, and the new database has no such service: its supervisor stops it")
	}
	for _, name := range u.plan.Rewired() {
		u.say(1, "warning", "service "+name+" stays up with the pipes that it has; its new ones are for its next start (\""+name+" restart\" in a conversion file does that)")
	}
	u.state = before
	return nil
}

// handOver puts the new live directory in the place of the old one.
func (u *rcUpdate) handOver(layout live.Layout) error {
	h := &update.Handover{Layout: layout, Plan: u.plan}
	u.say(2, "info", "updating state and service directories")
	if err := h.Switch(); err != nil {
		return err
	}
	if err := h.Adopt(); err != nil {
		return err
	}
	u.say(2, "info", "successfully switched to new database")
	u.say(2, "info", "updating s6rc-fdholder pipe storage")
	u.movePipes()
	u.say(2, "info", "cleaning up scan directory")
	if err := h.Unlink(); err != nil {
		return err
	}
	if err := live.Register(layout, layout.Live, h.Newcomers(), u.deadline); err != nil {
		return err
	}
	if err := supervise.ControlScandir(sys.AT, layout.Scandir, "an"); err != nil {
		return applet.System(err, "control s6-svscan on %s", layout.Scandir)
	}
	return h.Clean()
}

// layout is that of the live directory there is, for the new database.
func (u *rcUpdate) layout() (live.Layout, error) {
	l := live.Layout{Live: strings.TrimRight(u.live.Path, "/"), Compiled: u.newdb}
	var err error
	if l.Scandir, err = os.Readlink(u.live.Path + "/" + live.Scandir); err != nil {
		return l, applet.System(err, "readlink %s/%s", u.live.Path, live.Scandir)
	}
	prefix, err := sys.ReadFile(sys.AT, u.live.Path+"/"+live.Prefix, 4096)
	if err != nil && err != unix.ENOENT {
		return l, applet.System(err, "read %s/%s", u.live.Path, live.Prefix)
	}
	l.Prefix = string(prefix)
	return l, nil
}

// movePipes adapts what the fd-holder keeps, if it is up. One that can't be told is started anew.
func (u *rcUpdate) movePipes() {
	holder, _ := u.plan.New.Lookup(db.Fdholder)
	if !u.plan.State.Up(holder[0]) {
		return
	}
	timeout := 30 * time.Second
	if !u.deadline.IsZero() {
		timeout = max(min(timeout, time.Until(u.deadline)), time.Millisecond)
	}
	dir := u.live.Servicedir(db.Fdholder)
	err := u.plan.MovePipes(dir+"/s", timeout)
	if err == nil {
		return
	}
	u.say(1, "warning", "unable to adapt the pipes of s6rc-fdholder, starting it anew: "+applet.Reason(err))
	supervise.Control(sys.AT, dir, "r")
}

func (u *rcUpdate) start() error {
	u.say(2, "info", "starting services in the new database")
	before := u.state
	u.db, u.state = u.plan.New, u.plan.State
	x, err := u.executor(u.deadline)
	if err != nil {
		return err
	}
	return outcome(x.Change(change.Selection{Want: u.plan.Start, Named: u.plan.Named(before)}))
}
