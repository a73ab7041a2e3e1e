package rc

import (
	"strings"

	"s6box/internal/applet"
	"s6box/rc/repo"
)

var cmdS6RcRepoList = applet.Applet{
	Name:  "s6-rc-repo-list",
	Usage: "[ -v verbosity ] [ -r repo ] [ -x exclude ]",
	Help: `Prints the names of the sets in a repository, one on a line.

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -x SET    leave out SET
  -v N      verbosity

Exit codes: 0 done, 100 wrong usage, 111 a system call failed.

Example: s6-rc-repo-list -x current
`,
	Run: runRepoList,
}

func runRepoList(inv *applet.Invocation) error {
	c := newRepoCall(inv)
	var exclude string
	if err := c.options(applet.Option{Short: 'x', Long: "exclude", Value: true, Set: applet.String(&exclude)}); err != nil {
		return err
	}
	r, err := repo.Open(c.path, false)
	if err != nil {
		return err
	}
	sets, err := r.Sets()
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, set := range sets {
		if set != exclude {
			out.WriteString(set + "\n")
		}
	}
	return c.print(out.String())
}
