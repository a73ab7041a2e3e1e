package supervise

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/sys"
)

const (
	checkFile   = "./data/check"
	checkHelper = "s6box-notifyoncheck"
	checkUsage  = `[ -d ] [ -3 fd ] [ -s initialsleep ] [ -T globaltimeout ] [ -t localtimeout ] [ -w waitingtime ] [ -n tries ] [ -c "checkprog..." ] prog...`
)

var cmdS6Notifyoncheck = applet.Applet{
	Name:  "s6-notifyoncheck",
	Usage: checkUsage,
	Help: `For run scripts: executes prog, and beside it runs ./data/check again and again until that exits 0. Then it
tells the supervisor that the service is ready. It gives up when prog is dead.

  -c "CHECKPROG..."          run this command line, which execlineb parses, in place of ./data/check
  -3, --notification-fd FD   the descriptor to notify on; by default the one that ./notification-fd says
  -s, --initial-sleep MS     sleep before the first check (10)
  -w, --waiting-time MS      sleep between checks (1000)
  -n, --tries N              give up after N failed checks (7; 0: never)
  -t, --local-timeout MS     kill a check that takes longer, it has failed (0: never)
  -T, --global-timeout MS    give up after this time (0: never)
  -d, --doublefork           run beside prog as an orphan, for programs that do not reap children they do not know

Exit codes, before prog is executed: 100 wrong usage or no supervisor here, 111 system call failed.

Example: s6-notifyoncheck -n 0 -w 500 -c "nc -z localhost 8080" server
`,
	Chain: runNotifyoncheck,
	Waits: true,
}

var cmdCheckHelper = applet.Applet{
	Name:   checkHelper,
	Usage:  checkUsage,
	Hidden: true,
	Run:    runCheckHelper,
}

// checking is how s6-notifyoncheck checks. Times are milliseconds.
type checking struct {
	fd                            uint64
	first, between, single, total uint64
	tries                         uint64
	command                       *string // nil: the file
	orphan                        bool
	life                          uint64 // helper only: number of the lifeline
	numbers                       []func() error
}

// set takes in the options, for the command and its helper alike, but for c.numbers: these functions read the
// values that are times and tries.
func (c *checking) set(inv *applet.Invocation) (hasFd bool, err error) {
	*c = checking{first: 10, between: 1000, tries: 7}
	number := func(short byte, long string, p *uint64) applet.Option {
		return applet.Option{Short: short, Long: long, Value: true, Set: func(value string) error {
			c.numbers = append(c.numbers, func() error { return applet.Number(long, p)(value) })
			return nil
		}}
	}
	err = inv.Gol(
		applet.Option{Short: 'd', Long: "doublefork", Set: applet.Flag(&c.orphan)},
		applet.Option{Short: '3', Long: "notification-fd", Value: true, Set: func(value string) error {
			hasFd = true
			return applet.Number("notification-fd", &c.fd)(value)
		}},
		number('s', "initial-sleep", &c.first),
		number('T', "global-timeout", &c.total),
		number('t', "local-timeout", &c.single),
		number('w', "waiting-time", &c.between),
		number('n', "tries", &c.tries),
		applet.Option{Short: 'c', Value: true, Set: func(value string) error {
			c.command = &value
			return nil
		}},
	)
	return hasFd, err
}

func runNotifyoncheck(inv *applet.Invocation) ([]string, error) {
	var c checking
	hasFd, err := c.set(inv)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if !hasFd {
		if c.fd, err = notificationFd(inv); err != nil {
			return nil, err
		}
	}
	if err := c.readNumbers(); err != nil {
		return nil, err
	}
	if err := checkNotification(inv, int(c.fd)); err != nil {
		return nil, err
	}
	// Who has dropped privileges can't tell, and goes on.
	if running, err := isRunning(inv, "."); err == nil && !running {
		return nil, applet.Fatal(applet.ExitUsage, "s6-supervise not running. (Is the working directory still the service directory?)")
	}
	b, err := newBeside(inv.Proc)
	if err != nil {
		return nil, applet.System(err, "watch this process")
	}
	defer b.st.Release()
	if err := b.start(c.words(b.life), c.orphan); err != nil {
		return nil, err
	}
	if err := inv.Proc.CloseFD(int(c.fd)); err != nil {
		return nil, applet.System(err, "close descriptor %d", c.fd)
	}
	return inv.Args, nil
}

func (c *checking) readNumbers() error {
	for _, read := range c.numbers {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// start starts the helper argv, as an orphan or a child of this process.
func (b *beside) start(argv []string, orphan bool) error {
	if orphan {
		_, err := chain.StartOrphan(b.st, argv)
		return err
	}
	_, _, err := chain.Start(b.st, argv)
	return err
}

// notificationFd reads the number of the descriptor that the supervisor listens on.
func notificationFd(inv *applet.Invocation) (uint64, error) {
	const file = "./notification-fd"
	path, err := inv.Proc.Path(file)
	if err != nil {
		return 0, err
	}
	exists, err := sys.Exists(sys.AT, path)
	if err == nil && !exists {
		err = unix.ENOENT
	}
	if err != nil {
		return 0, applet.System(err, "read %s", file)
	}
	n, err := sys.ReadUint(sys.AT, path, 0)
	if err == unix.EINVAL {
		return 0, applet.Fatal(applet.ExitUsage, "invalid %s: not a number", file)
	}
	if err != nil {
		return 0, applet.System(err, "read %s", file)
	}
	return n, nil
}

// checkNotification makes sure that descriptor n of inv's process is open.
func checkNotification(inv *applet.Invocation, n int) error {
	if _, err := inv.Proc.FD(n); err != nil {
		return applet.Fatal(applet.ExitSystem, "notification-fd sanity check failed: %s", applet.Reason(err))
	}
	return nil
}

// words is the command line of the helper: the lifeline is the first word behind the options.
func (c *checking) words(life int) []string {
	words := []string{checkHelper}
	for _, o := range []struct {
		name  string
		value uint64
	}{{"-3", c.fd}, {"-s", c.first}, {"-T", c.total}, {"-t", c.single}, {"-w", c.between}, {"-n", c.tries}} {
		words = append(words, o.name, strconv.FormatUint(o.value, 10))
	}
	if c.command != nil {
		words = append(words, "-c", *c.command)
	}
	return append(words, "--", strconv.Itoa(life))
}
