package rc

import (
	"s6box/internal/applet"
	"s6box/rc/repo"
)

var cmdS6RcSetCopy = applet.Applet{
	Name:  "s6-rc-set-copy",
	Usage: "[ -v verbosity ] [ -r repo ] [ -f ] srcset dstset",
	Help: `Makes the set dstset, in which every service has the prescription it has in srcset.

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -f        replace dstset if it exists
  -v N      verbosity

Exit codes: 0 done, 1 dstset exists already, 100 wrong usage, 102 an inconsistent repository, 111 a system call failed or there
is no srcset.

Example: s6-rc-set-copy current draft
`,
	Run: runSetCopy,
}

func runSetCopy(inv *applet.Invocation) error {
	c := newRepoCall(inv)
	var force bool
	if err := c.options(applet.Option{Short: 'f', Long: "force", Set: applet.Flag(&force)}); err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	from, to := inv.Args[0], inv.Args[1]
	if err := repo.CheckSets(from, to); err != nil {
		return err
	}
	if from == to {
		return applet.Fatal(applet.ExitUsage, "source and destination sets are the same")
	}
	r, err := c.write()
	switch {
	case err != nil:
		return err
	case !force && r.Exists(to):
		return applet.Fatal(repo.ExitFailed, "set %s already exists in repository %s", to, r.Path)
	case !r.Exists(from):
		return r.NoSet(applet.ExitSystem, from)
	}
	s, err := r.ReadSet(from)
	if err != nil {
		return err
	}
	return r.WriteSet(to, s)
}
