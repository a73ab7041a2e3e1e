package rc

import (
	"s6box/internal/applet"
	"s6box/rc/repo"
)

var cmdS6RcRepoInit = applet.Applet{
	Name:  "s6-rc-repo-init",
	Usage: "[ -v verbosity ] [ -r repo ] [ -h fdhuser ] [ -f ] [ -U ] [ -B ] stores...",
	Help: `Makes a repository of service sets for the definitions in the directories stores, which are given by absolute paths, and
compiles all of them into its reference database. A definition in a later store overrides one of the same name.

  -r REPO   the repository (default /var/lib/s6-rc/repository), which must not exist yet
  -f        make a new one in the place of a repository that exists; its sets are lost
  -U        change the stores of a repository that exists; its sets stay
  -B        do not read the stores: s6-rc-repo-sync will
  -h USER   with -U: the fd-holder of databases that are compiled runs as USER
  -v N      verbosity: 0 errors, 1 warnings (default), 2 what it does, 3 every service

Nothing is made, nor changed, if the definitions cannot be compiled.

Exit codes: 0 done, 1 the definitions cannot be compiled, 100 wrong usage, 111 a system call failed or there is a
definition without a valid type.

Example: s6-rc-repo-init /usr/share/s6-rc/sources /etc/s6-rc/sources
`,
	Run: runRepoInit,
}

func runRepoInit(inv *applet.Invocation) error {
	c := newRepoCall(inv)
	var force, update, bare bool
	err := c.options(
		c.fdholderUser(),
		applet.Option{Short: 'f', Long: "force", Set: applet.Flag(&force)},
		applet.Option{Short: 'U', Long: "update-stores", Set: applet.Flag(&update)},
		applet.Option{Short: 'B', Long: "bare", Set: applet.Flag(&bare)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if err := repo.CheckStores(inv.Args); err != nil {
		return err
	}
	if !update {
		return repo.Create(c.path, inv.Args, bare, force, c.env())
	}
	r, err := c.write()
	switch {
	case err != nil:
		return err
	case bare:
		return r.SetStores(inv.Args)
	}
	return r.Sync(inv.Args, c.env())
}
