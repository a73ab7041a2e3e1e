package rc

import (
	"errors"
	"os"
	"os/signal"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/change"
	"s6box/rc/db"
	"s6box/rc/live"
)

const rcHelp = `s6-rc help
s6-rc [ -l live ] [ -a ] list [ servicenames... ]
s6-rc [ -l live ] [ -a ] [ -u | -d ] listall [ servicenames... ]
s6-rc [ -l live ] diff
s6-rc [ -l live ] [ -a ] [ -u | -d | -D ] [ -p ] [ -v verbosity ] [ -t timeout ] [ -n dryrunthrottle ] change [ servicenames... ]
s6-rc [ -l live ] [ -a ] [ -v verbosity ] [ -t timeout ] [ -n dryrunthrottle ] start | stop | reload [ servicenames... ]
`

var cmdS6Rc = applet.Applet{
	Name:  "s6-rc",
	Usage: "[ -v verbosity ] [ -n dryrunthrottle ] [ -t timeout ] [ -l live ] [ -b ] [ -E | -e ] [ -u | -d | -D ] [ -p ] [ -a ] help|list|listall|diff|start|stop|reload|change [ servicenames... ]",
	Help: `Brings services up and down in the order of their dependencies, and tells which are up.

  list       print the services named, atomic ones and those that bundles stand for; -d: all others
  listall    the same with everything they depend on; -d: everything that depends on them
  diff       print where s6 and s6-rc disagree about a longrun; exit 1 if they do
  start      bring services up            (change -u)
  stop       bring services down          (change -d)
  reload     have services that are up reload their configuration
  change     bring services up or down, as -u or -d says

  -l DIR     live directory (default /run/s6-rc)
  -a         add the services that are up to those named
  -u, -d     up (default), down
  -D         down, essential services too (-de)
  -p         prune: what was not named, nor is needed by it, goes down; with -d, the reverse
  -n MS      dry run: print what would be run, and pretend that each takes MS milliseconds
  -t MS      give up after MS milliseconds; what was begun goes on
  -v N       verbosity: 0 errors, 1 warnings (default), 2 transitions, 3 everything
  -b         wait while another program uses the live directory, instead of failing
  -e, -E     list: leave out essential services, or not (default); change -d: stop them too, or not

When a longrun does not come up, the end of its log is shown, as far as it is of this start: of the s6-log in its
pipeline, else of the service s6-svscan-log, which logs for all without one. There is none if neither writes to a
directory. What a oneshot says stands above the message: it has the standard error of s6-rc.

Exit codes: 0 done, 1 a transition failed or a difference was found, 2 timed out, 3 no such service,
4 invalid live directory, 100 wrong usage, 111 a system call failed.

Example: s6-rc -v2 -u change nginx
`,
	Run: runRC,
}

// rcCall is one call of s6-rc.
type rcCall struct {
	inv       *applet.Invocation
	verbosity uint64
	live      live.Dir
	db        *db.DB
	state     live.State
	block     bool
	noLock    bool
	essential bool // -e
	down      bool
	prune     bool
	all       bool
	timeout   uint64
	dry       bool
	throttle  uint64
	abort     chan string // brings an order to end soon
}

func runRC(inv *applet.Invocation) error {
	c := &rcCall{inv: inv, verbosity: 1, live: live.Dir{Path: defaultLive(inv)}}
	if err := c.options(); err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	command, names := inv.Args[0], inv.Args[1:]
	switch command {
	case "help":
		if _, err := inv.Proc.Stdout().Write([]byte(rcHelp)); err != nil {
			return applet.System(err, "write to stdout")
		}
		return nil
	case "start", "stop":
		c.down, c.prune = command == "stop", false
	case "list", "listall", "diff", "change", "reload":
	default:
		return applet.Fatal(applet.ExitUsage, "unknown command: %s", command)
	}
	exclusive := command != "list" && command != "listall" && command != "diff"
	deadline := sys.Deadline(c.timeout)
	if err := c.open(exclusive); err != nil {
		return err
	}
	if command == "diff" {
		return c.diff()
	}
	named, err := c.selection(names)
	if err != nil {
		return err
	}
	if command == "list" || command == "listall" {
		return c.list(named, command == "listall")
	}
	x, err := c.executor(deadline)
	if err != nil {
		return err
	}
	if command == "reload" {
		return c.reload(x, named)
	}
	return c.change(x, named)
}

func (c *rcCall) options() error {
	inv := c.inv
	return inv.Gol(
		applet.Option{Short: 'v', Long: "verbosity", Value: true, Set: applet.Number("verbosity", &c.verbosity)},
		applet.Option{Short: 'n', Long: "dry-run", Value: true, Set: func(v string) error { c.dry = true; return applet.Number("dry-run", &c.throttle)(v) }},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &c.timeout)},
		applet.Option{Short: 'l', Long: "livedir", Value: true, Set: applet.String(&c.live.Path)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&c.block)},
		applet.Option{Short: 'u', Long: "up", Set: func(string) error { c.down = false; return nil }},
		applet.Option{Short: 'd', Long: "down", Set: applet.Flag(&c.down)},
		applet.Option{Short: 'D', Long: "all-down", Set: func(string) error { c.down, c.essential = true, true; return nil }},
		applet.Option{Short: 'E', Long: "with-essentials", Set: func(string) error { c.essential = false; return nil }},
		applet.Option{Short: 'e', Long: "without-essentials", Set: applet.Flag(&c.essential)},
		applet.Option{Short: 'p', Long: "prune", Set: applet.Flag(&c.prune)},
		applet.Option{Short: 'a', Long: "add", Set: applet.Flag(&c.all)},
		applet.Option{Long: "no-lock", Set: applet.Flag(&c.noLock)})
}

// open takes the locks and reads the database and the state.
func (c *rcCall) open(exclusive bool) error {
	if !c.noLock {
		if _, err := c.live.Lock(exclusive, c.block); err != nil {
			return locksError(c.live.Path, err)
		}
	}
	var err error
	if c.db, err = readDB(c.live.Path + "/" + live.Compiled); err != nil {
		return err
	}
	c.state, err = c.live.ReadState(len(c.db.Services))
	file := c.live.Path + "/" + live.StateFile
	switch {
	case errors.Is(err, live.ErrState):
		return applet.Fatal(exitInvalid, "unable to read valid state in %s: %v", file, err)
	case err != nil:
		return applet.System(err, "read %s", file)
	}
	return nil
}

// locksError reports that the locks of a live directory can't be taken.
func locksError(dir string, err error) error {
	var database *db.ReadError
	if errors.As(err, &database) {
		return lockError("locks", "a compiled database", database.File, err)
	}
	return lockError("locks", "a live directory", dir, err)
}

// lockError reports that what, a lock of path or those of a live directory, can't be taken.
func lockError(what, kind, path string, err error) error {
	hint := path + "/lock"
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENOTDIR):
		hint = "is " + path + " " + kind + "?"
	case errors.Is(err, unix.EAGAIN):
		hint = "another program is using " + path + "; -b waits for it"
	case errors.Is(err, unix.EACCES):
		hint = "uid " + strconv.Itoa(unix.Geteuid()) + " may not change " + path
	}
	return applet.Fatal(applet.ExitSystem, "unable to take %s: %s (%s)", what, applet.Reason(err), hint)
}

// selection resolves the names of the command line.
func (c *rcCall) selection(names []string) ([]bool, error) {
	set := make([]bool, len(c.db.Services))
	for _, name := range names {
		numbers, ok := c.db.Lookup(name)
		if !ok {
			return nil, applet.Fatal(exitUnknown, "%s is not a recognized identifier in %s/resolve.cdb%s", name, c.live.Path, suggest(c.db, name))
		}
		for _, n := range numbers {
			set[n] = true
		}
	}
	return set, nil
}

// executor makes what carries changes out: for real, or a dry run.
func (c *rcCall) executor(deadline time.Time) (*change.Executor, error) {
	x := &change.Executor{DB: c.db, State: c.state, Deadline: deadline, Say: c.say, Out: c.inv.Proc.Stderr()}
	if c.dry {
		x.Backend = &change.Dry{Live: &c.live, DB: c.db, Bindir: bindir(c.inv), Out: c.inv.Proc.Stdout(),
			Throttle: time.Duration(c.throttle) * time.Millisecond, Verbosity: c.verbosity}
		return x, nil
	}
	if c.abort == nil {
		c.abort = make(chan string, 1)
		forwardSignals(c.abort)
	}
	x.Abort = c.abort
	x.Live = &c.live
	fifo, err := change.NewFifo(&c.live, [3]int{int(c.inv.Proc.Stdin()), int(c.inv.Proc.Stdout()), int(c.inv.Proc.Stderr())})
	if err != nil {
		return nil, applet.System(err, "watch services")
	}
	x.Backend = fifo
	return x, nil
}

// forwardSignals sends the name of the first SIGTERM or SIGINT.
func forwardSignals(to chan<- string) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGTERM, unix.SIGINT)
	go func() {
		name := "INT"
		if <-signals == unix.SIGTERM {
			name = "TERM"
		}
		to <- name
	}()
}

func (c *rcCall) say(verbosity int, level, text string) {
	if c.verbosity >= uint64(verbosity) {
		applet.Say(c.inv.Proc.Stderr(), c.inv.Prog, level, text)
	}
}

// change makes one pass, or with -p one down and one up.
func (c *rcCall) change(x *change.Executor, named []bool) error {
	want := c.withUp(named)
	if !c.prune {
		return outcome(x.Change(change.Selection{Want: want, Named: named, Down: c.down, Force: c.essential}))
	}
	// What is to be up in the end: what was named and all it needs, or all but what was named and depends on it.
	graph := c.db.Graph()
	if c.down {
		graph = graph.Reverse()
	}
	graph.Close(want)
	up, down := want, invert(want)
	if c.down {
		up, down = down, up
	}
	x.Mark(named, !c.down)
	if err := outcome(x.Change(change.Selection{Want: down, Down: true, Force: c.essential})); err != nil {
		return err
	}
	return outcome(x.Change(change.Selection{Want: up}))
}

// withUp adds the services that are up to a selection, if -a says so.
func (c *rcCall) withUp(named []bool) []bool {
	want := append([]bool(nil), named...)
	if c.all {
		for n := range want {
			want[n] = want[n] || c.state.Up(n)
		}
	}
	return want
}

func invert(set []bool) []bool {
	out := make([]bool, len(set))
	for n := range set {
		out[n] = !set[n]
	}
	return out
}

func outcome(o change.Outcome, err error) error {
	switch {
	case err != nil:
		return applet.System(err, "record the new state")
	case o == change.Expired:
		return applet.Fatal(o.Code(), "timed out")
	}
	return applet.Exit(o.Code())
}

func (c *rcCall) reload(x *change.Executor, named []bool) error {
	var services []int
	for n, want := range c.withUp(named) {
		if want {
			services = append(services, n)
		}
	}
	for _, n := range services {
		if !c.state.Up(n) {
			return applet.Fatal(1, "unable to reload service %s: it is not up", c.db.Services[n].Name)
		}
	}
	return outcome(x.Reload(services))
}
