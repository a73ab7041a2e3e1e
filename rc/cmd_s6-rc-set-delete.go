package rc

import "s6box/internal/applet"

var cmdS6RcSetDelete = applet.Applet{
	Name:  "s6-rc-set-delete",
	Usage: "[ -v verbosity ] [ -r repo ] setname...",
	Help: `Deletes sets from a repository, with their databases. What is installed is not touched. A set that is not there is passed over
with a warning.

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -v N      verbosity: 0 errors, 1 warnings (default)

Exit codes: 0 done, 100 wrong usage, 111 a system call failed.

Example: s6-rc-set-delete draft
`,
	Run: runSetDelete,
}

func runSetDelete(inv *applet.Invocation) error {
	c := newRepoCall(inv)
	if err := c.sets(); err != nil {
		return err
	}
	r, err := c.write()
	if err != nil {
		return err
	}
	for _, set := range inv.Args {
		if !r.Exists(set) {
			c.say(1, "warning", "set "+set+" does not exist in repository "+r.Path)
		}
		if err := r.DeleteSet(set); err != nil {
			return err
		}
	}
	return nil
}
