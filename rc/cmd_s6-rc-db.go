package rc

import (
	"errors"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/db"
)

// Exit codes of s6-rc programs.
const (
	exitUnknown   = 3 // no such identifier
	exitInvalid   = 4 // invalid database or live directory
	exitWrongType = 5 // an identifier of another type than the command takes
)

const dbHelp = `s6-rc-db help
s6-rc-db check
s6-rc-db list all|services|oneshots|longruns|bundles
s6-rc-db type servicename
s6-rc-db [ -u | -d ] timeout atomicname
s6-rc-db contents bundlename
s6-rc-db [ -u | -d ] dependencies servicename...
s6-rc-db pipeline longrunname
s6-rc-db [ -u | -d ] script oneshotname
s6-rc-db flags atomicname
s6-rc-db atomics servicename...
s6-rc-db [ -u | -d ] all-dependencies servicename...
`

var cmdS6RcDb = applet.Applet{
	Name:  "s6-rc-db",
	Usage: "[ -u | -d ] [ -l live ] [ -c compiled ] [ -b ] [ -E | -e ] command... (use s6-rc-db help for more information)",
	Help: `Prints what a compiled service database holds. No service is touched.

  -c DIR   look at the database in DIR
  -l DIR   look at the database of the live directory DIR (default /run/s6-rc)
  -b       wait while the database is being written
  -u, -d   the data for up (default) or for down, where they differ
  -E, -e   services marked as essential are listed too (default), or left out (except by list all)

Commands: help, check, list all|services|oneshots|longruns|bundles, type S, timeout S, contents S,
dependencies S..., pipeline S, script S, flags S, atomics S..., all-dependencies S...

Exit codes: 0 done, 3 no such identifier, 4 invalid database, 5 an identifier of another type,
100 wrong usage, 111 a system call failed.

Example: s6-rc-db -c /etc/s6-rc/compiled all-dependencies nginx
`,
	Run: runDB,
}

// dbQuery is one call of s6-rc-db.
type dbQuery struct {
	inv      *applet.Invocation
	db       *db.DB
	compiled string
	down     bool
	noEssent bool
	out      strings.Builder
}

func runDB(inv *applet.Invocation) error {
	q := &dbQuery{inv: inv}
	live, wait := defaultLive(inv), false
	err := inv.Gol(
		applet.Option{Short: 'l', Long: "livedir", Value: true, Set: applet.String(&live)},
		applet.Option{Short: 'c', Long: "compiled", Value: true, Set: applet.String(&q.compiled)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&wait)},
		applet.Option{Short: 'u', Long: "up", Set: func(string) error { q.down = false; return nil }},
		applet.Option{Short: 'd', Long: "down", Set: applet.Flag(&q.down)},
		applet.Option{Short: 'E', Long: "with-essentials", Set: func(string) error { q.noEssent = false; return nil }},
		applet.Option{Short: 'e', Long: "without-essentials", Set: applet.Flag(&q.noEssent)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if inv.Args[0] == "help" {
		return q.print(dbHelp)
	}
	if q.compiled == "" {
		q.compiled = live + "/compiled"
	}
	run, err := q.command()
	if err != nil {
		return err
	}
	if q.db, err = openDB(q.compiled, wait); err != nil {
		return err
	}
	if err := run(); err != nil {
		return err
	}
	return q.print(q.out.String())
}

// openDB locks the database in dir, until this process ends, and reads it.
func openDB(dir string, wait bool) (*db.DB, error) {
	if _, err := db.Lock(sys.AT, dir, false, wait); err != nil {
		return nil, lockError("lock on "+dir, "a compiled database", dir, err)
	}
	return readDB(dir)
}

// readDB reads the database in dir.
func readDB(dir string) (*db.DB, error) {
	d, err := db.Read(sys.AT, dir)
	var unreadable *db.ReadError
	switch {
	case errors.Is(err, db.ErrInvalid):
		return nil, invalidDB(dir, err)
	case errors.As(err, &unreadable):
		return nil, applet.System(unreadable.Err, "read %s", unreadable.File)
	}
	return d, err
}

func (q *dbQuery) print(text string) error {
	if _, err := q.inv.Proc.Stdout().Write([]byte(text)); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// command checks the words of the command line and returns what to do.
func (q *dbQuery) command() (run func() error, err error) {
	args := q.inv.Args[1:]
	one := func(f func(name string, numbers []int) error) (func() error, error) {
		if len(args) == 0 {
			return nil, q.inv.UsageError()
		}
		return func() error {
			numbers, err := q.lookup(args[0])
			if err != nil {
				return err
			}
			return f(args[0], numbers)
		}, nil
	}
	many := func(f func(set []bool)) (func() error, error) {
		if len(args) == 0 {
			return nil, q.inv.UsageError()
		}
		return func() error {
			set, err := q.union(args)
			if err == nil {
				f(set)
			}
			return err
		}, nil
	}
	switch q.inv.Args[0] {
	case "check":
		return q.check, nil
	case "list":
		if len(args) == 0 {
			return nil, q.inv.UsageError()
		}
		return q.list(args[0])
	case "type":
		return one(q.kind)
	case "timeout":
		return one(q.timeout)
	case "contents":
		return one(q.contents)
	case "dependencies":
		return many(q.dependencies)
	case "pipeline":
		return one(q.pipeline)
	case "script":
		return one(q.script)
	case "flags":
		return one(q.flags)
	case "atomics":
		return many(q.descending)
	case "all-dependencies":
		return many(q.allDependencies)
	}
	return nil, applet.Fatal(applet.ExitUsage, "unknown command: %s", q.inv.Args[0])
}

func (q *dbQuery) lookup(name string) ([]int, error) {
	numbers, ok := q.db.Lookup(name)
	if !ok {
		return nil, applet.Fatal(exitUnknown, "%s is not a valid identifier in %s%s", name, q.compiled, suggest(q.db, name))
	}
	return numbers, nil
}

func (q *dbQuery) union(names []string) ([]bool, error) {
	set := make([]bool, len(q.db.Services))
	for _, name := range names {
		numbers, err := q.lookup(name)
		if err != nil {
			return nil, err
		}
		for _, n := range numbers {
			set[n] = true
		}
	}
	return set, nil
}

func (q *dbQuery) line(text string) { q.out.WriteString(text + "\n") }

// descending prints the services of a set, highest number first.
func (q *dbQuery) descending(set []bool) {
	for n := len(set) - 1; n >= 0; n-- {
		if set[n] && !q.hidden(n) {
			q.line(q.db.Services[n].Name)
		}
	}
}

// hidden tells whether a service is left out of lists.
func (q *dbQuery) hidden(n int) bool {
	return q.noEssent && q.db.Services[n].Flags&db.Essential != 0
}

func (q *dbQuery) list(what string) (func() error, error) {
	show := map[string]func(e db.Entry) bool{
		"all":      func(db.Entry) bool { return true },
		"bundles":  func(e db.Entry) bool { return !q.db.Atomic(e) },
		"services": nil, "oneshots": nil, "longruns": nil,
	}
	names, ok := show[what]
	if !ok {
		return nil, applet.Fatal(applet.ExitUsage, "unknown subcommand: %s", what)
	}
	return func() error {
		if names == nil {
			for n := range q.db.Services {
				if (what == "services" || q.db.IsLongrun(n) == (what == "longruns")) && !q.hidden(n) {
					q.line(q.db.Services[n].Name)
				}
			}
			return nil
		}
		for _, e := range q.db.Names {
			if names(e) {
				q.line(e.Name)
			}
		}
		return nil
	}, nil
}
