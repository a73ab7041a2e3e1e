package rc

import (
	"strings"

	"s6box/internal/applet"
	"s6box/rc/live"
	"s6box/rc/repo"
)

var cmdS6RcSetInstall = applet.Applet{
	Name:  "s6-rc-set-install",
	Usage: "[ -v verbosity ] [ -r repo ] [ -c bootdb ] [ -l livedir ] [ -f convfile ] [ -b ] [ -K ] [ -e | -E ] [ --no-update ] set",
	Help: `Makes the database of a committed set the live one, and the one that is booted on next: copies it beside bootdb, runs
s6-rc-update with it, which stops and starts services, and makes the symbolic link bootdb point to it.

  -r REPO       the repository (default /var/lib/s6-rc/repository)
  -c BOOTDB     absolute path of the link to the database that is booted on (default /etc/s6-rc/compiled/current)
  -l DIR        live directory (default /run/s6-rc)
  -f FILE       conversion file for s6-rc-update
  -b            wait while another program uses the live directory, instead of failing
  -K            keep the database that was live, and print its path
  -e, -E        stop essential services if they have to stop (default), or leave them up
  --no-update   copy and link the database only: for the first installation
  -v N          verbosity: 0 errors, 1 warnings (default), 2 what it does

A call that did not come to its end is finished by the next one. The link is not changed when services could not be started;
a second call changes it.

Exit codes: 0 done, 3 no such set, 7 the set was not committed since it was changed last, 100 wrong usage, 102 an inconsistent
repository, 111 a system call failed, others as s6-rc-update.

Example: s6-rc-set-install -K current
`,
	Run: runSetInstall,
}

// setInstall is one call of s6-rc-set-install.
type setInstall struct {
	*repoCall
	bootdb, live, conversion string
	block, keep              bool
	essential, update        bool
}

func runSetInstall(inv *applet.Invocation) error {
	c := &setInstall{repoCall: newRepoCall(inv), bootdb: "/etc/s6-rc/compiled/current", live: defaultLive(inv), essential: true, update: true}
	if err := c.parse(); err != nil {
		return err
	}
	set := inv.Args[0]
	r, err := c.open(set, repo.ExitUnknown, true)
	if err != nil {
		return err
	}
	done, err := r.UpToDate(set)
	if err != nil {
		return err
	}
	if !done {
		return applet.Fatal(repo.ExitStale, "set %s is not up-to-date; commit it first", set)
	}
	in, err := r.Install(set, c.bootdb, c.live+"/"+live.Compiled)
	if err != nil {
		return err
	}
	if in.Linked() && (!c.update || in.Same(c.live+"/"+live.Compiled)) {
		live.Tidy(c.live) // an update that was killed may have come that far
		c.say(1, "info", "set "+set+" is already installed as "+in.Dir)
		return nil
	}
	if !c.update {
		if err := in.Link(); err != nil {
			return err
		}
		return in.Discard()
	}
	if err := c.switchTo(in); err != nil {
		return err
	}
	return c.finish(in)
}

// finish makes the database the one that is booted on, and does away with the one before.
func (c *setInstall) finish(in *repo.Installation) error {
	if !c.keep {
		if err := in.Outdate(); err != nil {
			return err
		}
	}
	if err := in.Link(); err != nil {
		return err
	}
	if err := in.Discard(); err != nil || !c.keep || in.Old == "" {
		return err
	}
	return c.print(in.Old + "\n")
}

func (c *setInstall) parse() error {
	inv := c.inv
	not := func(p *bool) func(string) error { return func(string) error { *p = false; return nil } }
	err := c.options(
		applet.Option{Short: 'c', Long: "bootdb", Value: true, Set: applet.String(&c.bootdb)},
		applet.Option{Short: 'l', Long: "livedir", Value: true, Set: applet.String(&c.live)},
		applet.Option{Short: 'f', Long: "conversion-file", Value: true, Set: applet.String(&c.conversion)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&c.block)},
		applet.Option{Short: 'K', Long: "keep-old", Set: applet.Flag(&c.keep)},
		applet.Option{Short: 'e', Long: "force-essentials", Set: applet.Flag(&c.essential)},
		applet.Option{Short: 'E', Long: "no-force-essentials", Set: not(&c.essential)},
		applet.Option{Long: "no-update", Set: not(&c.update)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if !strings.HasPrefix(c.bootdb, "/") {
		return applet.Fatal(applet.ExitUsage, "bootdb needs to be an absolute path")
	}
	if !strings.HasPrefix(c.live, "/") {
		return applet.Fatal(applet.ExitUsage, "livedir needs to be an absolute path")
	}
	return nil
}

// switchTo runs s6-rc-update. What has been copied is removed again if the database in force is still the old one.
func (c *setInstall) switchTo(in *repo.Installation) error {
	inv := *c.inv
	inv.Prog = "s6-rc-update"
	u := &rcUpdate{rcCall: rcCall{inv: &inv, verbosity: c.verbosity, live: live.Dir{Path: c.live}, block: c.block, essential: c.essential},
		newdb: in.Dir, conversion: c.conversion}
	code := inv.Report(u.run())
	if code == 0 {
		return nil
	}
	outcome := "was performed; the link " + c.bootdb + " was not changed: call s6-rc-set-install again to change it"
	if !in.Same(c.live + "/" + live.Compiled) {
		outcome = "was NOT performed"
		if err := in.Discard(); err != nil {
			return err
		}
	}
	return applet.Fatal(code, "s6-rc-update exited with code %d (live database switch %s)", code, outcome)
}
