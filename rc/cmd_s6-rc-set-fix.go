package rc

import (
	"s6box/internal/applet"
	"s6box/rc/db"
	"s6box/rc/repo"
	"s6box/rc/repo/prescription"
)

var cmdS6RcSetFix = applet.Applet{
	Name:  "s6-rc-set-fix",
	Usage: "[ -v verbosity ] [ -r repo ] [ -u | -d ] [ -E | -e ] [ -n ] [ sets... ]",
	Help: `Makes sets, or all sets, consistent, as s6-rc-set-commit wants them: no service may be in a higher prescription than one that
it needs, and pipelines are masked as a whole or not at all. Every change is said.

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -u        raise what services need
  -d        lower services to where what they need is (default)
  -E, -e    fail if an essential service has to be lowered (default), or lower it
  -n        dry run: say what would be changed, or could not be, and change nothing
  -v N      verbosity: 0 errors, 1 changes (default)

A set is changed as a whole or, if that fails, not at all.

Exit codes: 0 done, 1 -e is needed, 3 no such set, 4 invalid reference database, 100 wrong usage, 102 an inconsistent repository,
111 a system call failed.

Example: s6-rc-set-fix -u current
`,
	Run: runSetFix,
}

// setFix is one call of s6-rc-set-fix.
type setFix struct {
	*repoCall
	up, force, dry bool
}

func runSetFix(inv *applet.Invocation) error {
	c := &setFix{repoCall: newRepoCall(inv)}
	err := c.options(
		applet.Option{Short: 'u', Long: "fix-up", Set: applet.Flag(&c.up)},
		applet.Option{Short: 'd', Long: "fix-down", Set: func(string) error { c.up = false; return nil }},
		applet.Option{Short: 'E', Long: "no-force-essential", Set: func(string) error { c.force = false; return nil }},
		applet.Option{Short: 'e', Long: "force-essential", Set: applet.Flag(&c.force)},
		applet.Option{Short: 'n', Long: "dry-run", Set: applet.Flag(&c.dry)})
	if err != nil {
		return err
	}
	if err := repo.CheckSets(inv.Args...); err != nil {
		return err
	}
	r, err := repo.Open(c.path, !c.dry)
	if err != nil {
		return err
	}
	if !c.dry {
		r.Sweep()
	}
	sets := inv.Args
	if len(sets) == 0 {
		if sets, err = r.Sets(); err != nil {
			return err
		}
	}
	for _, set := range sets {
		if !r.Exists(set) {
			return r.NoSet(repo.ExitUnknown, set)
		}
	}
	for _, set := range sets {
		if err := c.fix(r, set); err != nil {
			return err
		}
	}
	return nil
}

func (c *setFix) fix(r *repo.Repo, set string) error {
	v, err := viewSet(r, set)
	if err != nil {
		return err
	}
	moves := prescription.Fix(v.ref, v.rx, c.up)
	for _, m := range moves {
		if err := c.sayMove(v, m); err != nil {
			return err
		}
		v.move(m.Service, m.To)
	}
	if c.dry || len(moves) == 0 {
		return nil
	}
	return r.WriteSet(set, v.set)
}

// sayMove says what is changed, and fails if that needs -e.
func (c *setFix) sayMove(v *setView, m prescription.Move) error {
	s := &v.ref.Services[m.Service]
	dry := ""
	if c.dry {
		dry = "(dry run) "
	}
	place := "in set " + v.name + " of repository " + v.repo.Path + ": "
	c.say(1, "warning", dry+place+"moving service "+s.Name+" from "+m.From.String()+" to "+m.To.String())
	never := place + "service " + s.Name + " is marked as essential and cannot be downfixed (--no-force-essential)"
	switch {
	case m.From == prescription.Always && !c.force && c.dry:
		c.say(1, "warning", dry+never)
	case m.From == prescription.Always && !c.force:
		return applet.Fatal(repo.ExitFailed, "%s", never)
	case m.From == prescription.Always:
		c.say(1, "warning", dry+"service "+s.Name+" will automatically be marked non-essential by a downfix to "+m.To.String())
	case m.To == prescription.Always && s.Flags&db.Essential == 0:
		c.say(1, "warning", dry+"service "+s.Name+" will automatically be marked essential by an upfix to "+m.To.String()+": its definition does not say that it is")
	}
	return nil
}
