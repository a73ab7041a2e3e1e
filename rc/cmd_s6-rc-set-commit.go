package rc

import (
	"s6box/internal/applet"
	"s6box/rc/repo"
)

var cmdS6RcSetCommit = applet.Applet{
	Name:  "s6-rc-set-commit",
	Usage: "[ -v verbosity ] [ -r repo ] [ -D defaultbundle ] [ -h fdhuser ] [ -K ] [ -f ] set",
	Help: `Compiles a set into a database, ready to be installed: all services that are not masked, all bundles of the stores without a
masked service in them, and one bundle more, of the services that are active or always. A set that was not changed since it
was committed last is left alone.

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -D NAME   name of the bundle of active services (default default)
  -h USER   the fd-holder runs as USER
  -K        keep the database that was there, and print its path
  -f        compile the set even if it was not changed
  -v N      verbosity: 0 errors, 1 warnings (default), 2 what it does, 3 every service

Exit codes: 0 done, 1 the set is inconsistent or cannot be compiled, 3 no such set, 4 invalid reference database, 100 wrong usage,
102 an inconsistent repository, 111 a system call failed or there is a service or bundle called like the bundle.

Example: s6-rc-set-commit current
`,
	Run: runSetCommit,
}

func runSetCommit(inv *applet.Invocation) error {
	c := newRepoCall(inv)
	bundle := "default"
	var keep, force bool
	err := c.options(
		c.fdholderUser(),
		applet.Option{Short: 'D', Long: "default-bundle", Value: true, Set: applet.String(&bundle)},
		applet.Option{Short: 'K', Long: "keep-old", Set: applet.Flag(&keep)},
		applet.Option{Short: 'f', Long: "force", Set: applet.Flag(&force)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if err := repo.CheckBundle(bundle); err != nil {
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
	if done && !force {
		c.say(2, "info", "set "+set+" is already up-to-date.")
		return nil
	}
	old, err := r.Commit(set, bundle, keep, c.env())
	if err != nil || !keep || old == "" {
		return err
	}
	return c.print(old + "\n")
}
