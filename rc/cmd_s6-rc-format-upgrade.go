package rc

import (
	"slices"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/rc/live"
	"s6box/rc/source"
)

var cmdS6RcFormatUpgrade = applet.Applet{
	Name:  "s6-rc-format-upgrade",
	Usage: "[ -v verbosity ] [ -t timeout ] [ -l live ] [ -b ] newdb",
	Help: `Puts a database in force that was compiled of the same sources as the one in force, by another version of
s6-rc-compile. No service changes its state.

  -l DIR   live directory (default /run/s6-rc)
  -b       wait while another program uses the live directory, instead of failing
  -t MS    accepted: nothing here waits for services
  -v N     verbosity; 2 says what is done

Exit codes: 0 done, 4 invalid database, 100 wrong usage, 102 the database holds other services, 111 a system call
failed.

Example: s6-rc-format-upgrade /etc/s6-rc/compiled-0.7
`,
	Run: runFormatUpgrade,
}

func runFormatUpgrade(inv *applet.Invocation) error {
	dir := live.Dir{Path: defaultLive(inv)}
	verbosity, timeout, wait := uint64(1), uint64(0), false
	err := inv.Gol(
		applet.Option{Short: 'v', Long: "verbosity", Value: true, Set: applet.Number("verbosity", &verbosity)},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &timeout)},
		applet.Option{Short: 'l', Long: "livedir", Value: true, Set: applet.String(&dir.Path)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&wait)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	compiled := inv.Args[0]
	if !strings.HasPrefix(compiled, "/") {
		return applet.Fatal(applet.ExitUsage, "%s is not an absolute path", compiled)
	}
	if _, err := dir.Lock(true, wait); err != nil {
		return locksError(dir.Path, err)
	}
	d, err := openDB(compiled, wait)
	if err != nil {
		return err
	}
	if _, err := dir.ReadState(len(d.Services)); err != nil {
		return applet.Fatal(exitMismatch, "%s does not hold the services of %s: %v", compiled, dir.Path, err)
	}
	if err := sameNumbers(dir.Path+"/"+live.Compiled, compiled, d); err != nil {
		return err
	}
	there, err := sys.ReadDir(sys.AT, dir.Path+"/"+live.Servicedirs)
	if err != nil {
		return applet.System(err, "opendir %s/%s", dir.Path, live.Servicedirs)
	}
	for n := range d.Services[:d.Longruns] {
		if name := d.Services[n].Name; !slices.Contains(there, name) {
			return applet.Fatal(exitMismatch, "%s does not hold the services of %s: there is no longrun %s", compiled, dir.Path, name)
		}
	}
	link := dir.Path + "/" + live.Compiled
	if err := sys.ReplaceSymlink(compiled, sys.AT, link); err != nil {
		return applet.System(err, "make %s a link to %s", link, compiled)
	}
	if verbosity >= 2 {
		inv.Info("successfully switched to new database")
	}
	return nil
}

// sameNumbers refuses a database that numbers services otherwise than the one in force, which may be of a format that
// is not known here: in the live directory the states of services are in the order of their numbers.
func sameNumbers(inForce, compiled string, d *db.DB) error {
	old, err := db.ReadNames(sys.AT, inForce, len(d.Services))
	if err != nil {
		return nil // what can't be known
	}
	for _, e := range old {
		if len(e.Numbers) != 1 {
			continue // a bundle
		}
		if numbers, ok := d.Lookup(e.Name); !ok || len(numbers) == 1 && numbers[0] != e.Numbers[0] {
			return applet.Fatal(exitMismatch, "%s does not hold the services of %s in the same order: look at %s", compiled, inForce, source.Show(e.Name))
		}
	}
	return nil
}
