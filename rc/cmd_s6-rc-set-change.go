package rc

import (
	"slices"
	"strings"

	"s6box/internal/applet"
	"s6box/rc/repo"
	"s6box/rc/repo/prescription"
)

var cmdS6RcSetChange = applet.Applet{
	Name:  "s6-rc-set-change",
	Usage: "[ -v verbosity ] [ -r repo ] [ -E | -e ] [ -n ] [ -I | -i ] [ -P | -p ] set newrx services...",
	Help: `Gives services, or all services in bundles, another prescription in a set:

  masked, mask                                in the set, but not in the database
  usable, unmasked, unmask, disabled, disable,
    inactive, deactivate, latent              in the database, down at boot
  active, activate, enabled, enable, onboot   up at boot
  always, essential, make-essential           up at boot, and essential

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -I, -i    go on (default), or fail, if other services have to change as well for the set to be consistent: what the
            services need, what needs them, and the rest of their pipelines
  -P, -p    only warn of such services (default), or change them too
  -E, -e    do not make services essential that are not (default), or do
  -n        dry run: say what would be said, and change nothing
  -v N      verbosity: 0 errors, 1 warnings (default), 2 the services that -p changes

Exit codes: 0 done, 1 -i was given and other services have to change, 3 no such service, 4 invalid reference database,
100 wrong usage or -e is needed, 102 an inconsistent repository, 111 a system call failed or there is no such set.

Example: s6-rc-set-change -p current enabled nginx
`,
	Run: runSetChange,
}

// setChange is one call of s6-rc-set-change.
type setChange struct {
	*repoCall
	force, dry, fail, pull bool
	to                     prescription.RX
	view                   *setView
}

func runSetChange(inv *applet.Invocation) error {
	c := &setChange{repoCall: newRepoCall(inv)}
	clear := func(p *bool) func(string) error { return func(string) error { *p = false; return nil } }
	err := c.options(
		applet.Option{Short: 'E', Long: "no-force-essential", Set: clear(&c.force)},
		applet.Option{Short: 'e', Long: "force-essential", Set: applet.Flag(&c.force)},
		applet.Option{Short: 'n', Long: "dry-run", Set: applet.Flag(&c.dry)},
		applet.Option{Long: "no-dry-run", Set: clear(&c.dry)},
		applet.Option{Short: 'I', Long: "no-fail-on-dependencies", Set: clear(&c.fail)},
		applet.Option{Short: 'i', Long: "fail-on-dependencies", Set: applet.Flag(&c.fail)},
		applet.Option{Short: 'P', Long: "no-pull-dependencies", Set: clear(&c.pull)},
		applet.Option{Short: 'p', Long: "pull-dependencies", Set: applet.Flag(&c.pull)})
	if err != nil {
		return err
	}
	if len(inv.Args) < 3 {
		return inv.UsageError()
	}
	set, services := inv.Args[0], inv.Args[2:]
	if err := c.check(inv.Args[1], services); err != nil {
		return err
	}
	r, err := c.open(set, applet.ExitSystem, !c.dry)
	if err != nil {
		return err
	}
	if c.view, err = viewSet(r, set); err != nil {
		return err
	}
	seeds, err := r.Resolve(c.view.ref, services)
	if err != nil {
		return err
	}
	changed, err := c.plan(seeds)
	if err != nil || c.dry || !changed {
		return err
	}
	return r.WriteSet(set, c.view.set)
}

// check looks at the words of the command line.
func (c *setChange) check(newrx string, services []string) error {
	var ok bool
	if c.to, ok = prescription.Parse(newrx); !ok {
		return applet.Fatal(applet.ExitUsage, "unrecognized state change directive: %s", newrx)
	}
	if c.to == prescription.Always && !c.force {
		return applet.Fatal(applet.ExitUsage, "unable to artificially mark a service as essential without --force-essential")
	}
	return repo.CheckServices(services...)
}

// plan changes the set in memory, and tells whether there is anything to change.
func (c *setChange) plan(seeds []bool) (changed bool, err error) {
	v := c.view
	pulled := prescription.Pulled(v.ref, v.rx, seeds, c.to)
	if err := c.sayPulled(pulled); err != nil {
		return false, err
	}
	var moves []int
	for n, yes := range seeds {
		if !yes {
			continue
		}
		if v.rx[n] == c.to && c.dry {
			continue
		}
		if v.rx[n] == c.to {
			c.say(2, "info", "service "+v.ref.Services[n].Name+" already existed in rxset "+c.to.String()+" of set "+v.name+" in repository "+v.repo.Path)
			continue
		}
		moves = append(moves, n)
	}
	if c.pull {
		moves = append(moves, pulled...)
	}
	for _, n := range moves {
		if v.rx[n] == prescription.Always && !c.force {
			c.say(1, "warning", "essential service "+v.ref.Services[n].Name+" is taken out of always in set "+v.name+" (-e says that this is meant)")
		}
		v.move(n, c.to)
	}
	return len(moves) > 0, nil
}

// sayPulled says which other services have to change, and with -i fails.
func (c *setChange) sayPulled(pulled []int) error {
	if len(pulled) == 0 {
		return nil
	}
	names := make([]string, len(pulled))
	for i, n := range pulled {
		names[i] = c.view.ref.Services[n].Name
	}
	slices.Sort(names)
	which, what := "depending on the ones given as arguments", "also need to be changed"
	if c.to >= prescription.Active {
		which = "dependencies of the ones given as arguments"
	}
	if c.pull {
		what = "are also being changed"
	}
	text := "the following services (" + which + ", or part of the same pipeline) " + what + ` to "` + c.to.String() + `": ` + strings.Join(names, " ")
	switch {
	case c.fail:
		return applet.Fatal(repo.ExitFailed, "%s", text)
	case c.pull:
		c.say(2, "info", text)
	default:
		c.say(1, "warning", text)
	}
	return nil
}
