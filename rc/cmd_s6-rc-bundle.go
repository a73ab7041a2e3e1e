package rc

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/rc/source"
)

const bundleHelp = `s6-rc-bundle help
s6-rc-bundle [ -f ] [ -l live ] [ -c compiled ] [ -b ] add bundlename contents...
s6-rc-bundle [ -f ] [ -l live ] [ -c compiled ] [ -b ] delete bundlenames...
s6-rc-bundle [ -f ] [ -l live ] [ -c compiled ] [ -b ] multiple { deletions... } bundlename { contents... } ...
`

// exitExists is the exit code for a bundle that exists already.
const exitExists = 1

var cmdS6RcBundle = applet.Applet{
	Name:  "s6-rc-bundle",
	Usage: "[ -f ] [ -l live ] [ -c compiled ] [ -b ] add|delete|multiple args... (use s6-rc-bundle help for more information)",
	Help: `Adds bundles to a compiled service database, or deletes them from it, without compiling it anew. It was part of
s6-rc up to version 0.6.

  add NAME CONTENTS...    make the bundle NAME of services and other bundles
  delete NAMES...         delete bundles
  multiple { DELETIONS... } NAME { CONTENTS... } ...
                          delete some bundles and make others, all at once

  -c DIR   the database in DIR
  -l DIR   the database of the live directory DIR (default /run/s6-rc)
  -f       delete: a name that is not there is no error; add: replace a bundle that is there
  -b       wait while another program uses the database, instead of failing

Exit codes: 0 done, 1 the name exists already, 3 no such identifier, 4 invalid database, 5 the name of an atomic
service, 100 wrong usage, 111 a system call failed.

Example: s6-rc-bundle -c /etc/s6-rc/compiled add web nginx php-fpm
`,
	Run: runBundle,
}

// addition is a bundle to make.
type addition struct {
	name     string
	contents []string
}

func runBundle(inv *applet.Invocation) error {
	liveDir, compiled := defaultLive(inv), ""
	var force, wait bool
	err := inv.Gol(
		applet.Option{Short: 'f', Long: "force", Set: applet.Flag(&force)},
		applet.Option{Short: 'l', Long: "livedir", Value: true, Set: applet.String(&liveDir)},
		applet.Option{Short: 'c', Long: "compiled", Value: true, Set: applet.String(&compiled)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&wait)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if inv.Args[0] == "help" {
		if _, err := inv.Proc.Stdout().Write([]byte(bundleHelp)); err != nil {
			return applet.System(err, "write to stdout")
		}
		return nil
	}
	deletions, additions, err := bundleOrders(inv)
	if err != nil {
		return err
	}
	if compiled == "" {
		compiled = liveDir + "/compiled"
	}
	if _, err := db.Lock(sys.AT, compiled, true, wait); err != nil {
		return lockError("lock on "+compiled, "a compiled database", compiled, err)
	}
	d, err := readDB(compiled)
	if err != nil {
		return err
	}
	if err := changeBundles(d, compiled, deletions, additions, force); err != nil {
		return err
	}
	dir, err := sys.Open(sys.AT, compiled, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err == nil {
		err = db.WriteNames(dir, d)
	}
	if err != nil {
		return applet.System(err, "write %s/resolve.cdb", compiled)
	}
	return nil
}

// bundleOrders reads the command line behind the options.
func bundleOrders(inv *applet.Invocation) (deletions []string, additions []addition, err error) {
	command, args := inv.Args[0], inv.Args[1:]
	if len(args) == 0 {
		return nil, nil, inv.UsageError()
	}
	switch command {
	case "add":
		return nil, []addition{{args[0], args[1:]}}, nil
	case "delete":
		return args, nil, nil
	case "multiple":
	default:
		return nil, nil, applet.Fatal(applet.ExitUsage, "unknown command: %s", command)
	}
	if deletions, args, err = chain.Block(inv, args, 1); err != nil {
		return nil, nil, err
	}
	for n := 2; len(args) > 0; n++ {
		a := addition{name: args[0]}
		if a.contents, args, err = chain.Block(inv, args[1:], n); err != nil {
			return nil, nil, err
		}
		additions = append(additions, a)
	}
	return deletions, additions, nil
}

// changeBundles deletes bundles and makes others. Contents are what names stand for beforehand.
func changeBundles(d *db.DB, compiled string, deletions []string, additions []addition, force bool) error {
	var made []db.Entry
	for _, a := range additions {
		if a.name == "" || strings.ContainsAny(a.name, "/\n") || source.Reserved(a.name) {
			return applet.Fatal(applet.ExitUsage, "invalid bundle name: %s", source.Show(a.name))
		}
		e := db.Entry{Name: a.name}
		for _, name := range a.contents {
			numbers, ok := d.Lookup(name)
			if !ok {
				return applet.Fatal(exitUnknown, "%s is not a valid identifier in %s%s", name, compiled, suggest(d, name))
			}
			e.Numbers = append(e.Numbers, numbers...)
		}
		slices.Sort(e.Numbers)
		e.Numbers = slices.Compact(e.Numbers)
		made = append(made, e)
	}
	for _, name := range deletions {
		if err := deleteBundle(d, compiled, name, force); err != nil {
			return err
		}
	}
	for _, e := range made {
		if exists := slices.ContainsFunc(d.Names, func(o db.Entry) bool { return o.Name == e.Name }); exists {
			if !force {
				return applet.Fatal(exitExists, "identifier %s already exists in %s (-f replaces it)", e.Name, compiled)
			}
			if err := deleteBundle(d, compiled, e.Name, true); err != nil {
				return err
			}
		}
		d.Names = append(d.Names, e)
	}
	return nil
}

func deleteBundle(d *db.DB, compiled, name string, force bool) error {
	i := slices.IndexFunc(d.Names, func(e db.Entry) bool { return e.Name == name })
	switch {
	case i < 0 && force:
		return nil
	case i < 0:
		return applet.Fatal(exitUnknown, "%s is not a valid identifier in %s%s", name, compiled, suggest(d, name))
	case d.Atomic(d.Names[i]):
		return applet.Fatal(exitWrongType, "in database %s: identifier %s represents an atomic service", compiled, name)
	}
	d.Names = slices.Delete(d.Names, i, i+1)
	return nil
}
