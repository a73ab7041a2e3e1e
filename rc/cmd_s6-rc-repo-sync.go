package rc

import "s6box/internal/applet"

var cmdS6RcRepoSync = applet.Applet{
	Name:  "s6-rc-repo-sync",
	Usage: "[ -v verbosity ] [ -r repo ] [ -h fdhuser ]",
	Help: `Brings a repository up to date with its stores: compiles all their definitions into the reference database, and makes
every set hold all their services and no others. What a set says about a service stays; a new service becomes always if it
is marked as essential, active if it is marked as recommended, usable otherwise. All sets have to be committed again.

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -h USER   the fd-holder of databases that are compiled runs as USER
  -v N      verbosity: 0 errors, 1 warnings (default), 2 what it does, 3 every service

Nothing is changed if the definitions cannot be compiled.

Exit codes: 0 done, 1 the definitions cannot be compiled, 100 wrong usage, 102 an inconsistent repository, 111 a system call
failed or there is a definition without a valid type.

Example: s6-rc-repo-sync -v2
`,
	Run: runRepoSync,
}

func runRepoSync(inv *applet.Invocation) error {
	c := newRepoCall(inv)
	if err := c.options(c.fdholderUser()); err != nil {
		return err
	}
	r, err := c.write()
	if err != nil {
		return err
	}
	return r.Sync(nil, c.env())
}
