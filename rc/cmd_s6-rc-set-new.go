package rc

import (
	"s6box/internal/applet"
	"s6box/rc/repo"
)

var cmdS6RcSetNew = applet.Applet{
	Name:  "s6-rc-set-new",
	Usage: "[ -v verbosity ] [ -r repo ] setname...",
	Help: `Makes sets of services in a repository. Services marked as essential are always, those marked as recommended are active,
others are usable.

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -v N      verbosity

Exit codes: 0 done, 100 wrong usage or a set exists already, 111 a system call failed.

Example: s6-rc-set-new current
`,
	Run: runSetNew,
}

func runSetNew(inv *applet.Invocation) error {
	c := newRepoCall(inv)
	if err := c.sets(); err != nil {
		return err
	}
	r, err := c.write()
	if err != nil {
		return err
	}
	ref, err := r.Reference()
	if err != nil {
		return err
	}
	for _, set := range inv.Args {
		if r.Exists(set) {
			return applet.Fatal(applet.ExitUsage, "set %s already exists in repository %s", set, r.Path)
		}
		if err := r.WriteSet(set, repo.NewSet(ref)); err != nil {
			return err
		}
	}
	return nil
}
