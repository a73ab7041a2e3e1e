package rc

import (
	"slices"
	"strings"

	"s6box/internal/applet"
	"s6box/rc/repo"
	"s6box/rc/repo/prescription"
)

var cmdS6RcSetStatus = applet.Applet{
	Name:  "s6-rc-set-status",
	Usage: "[ -v verbosity ] [ -r repo ] [ -E | -e ] [ -L ] set [ services... ]",
	Help: `Prints the services of a set and their prescriptions, as SERVICE/RX, one on a line: those that are always, then active, usable
and masked. With services, or bundles, only these.

  -r REPO   the repository (default /var/lib/s6-rc/repository)
  -E, -e    print services that are always, too (default), or leave them out
  -L        print names alone
  -v N      verbosity

Exit codes: 0 done, 3 no such set or service, 4 invalid reference database, 100 wrong usage, 102 an inconsistent repository,
111 a system call failed.

Example: s6-rc-set-status current nginx
`,
	Run: runSetStatus,
}

func runSetStatus(inv *applet.Invocation) error {
	c := newRepoCall(inv)
	var without, list bool
	err := c.options(
		applet.Option{Short: 'E', Long: "with-essentials", Set: func(string) error { without = false; return nil }},
		applet.Option{Short: 'e', Long: "without-essentials", Set: applet.Flag(&without)},
		applet.Option{Short: 'L', Long: "list", Set: applet.Flag(&list)})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	set, services := inv.Args[0], inv.Args[1:]
	if err := repo.CheckServices(services...); err != nil {
		return err
	}
	r, err := c.open(set, repo.ExitUnknown, false)
	if err != nil {
		return err
	}
	s, err := r.ReadSet(set)
	if err != nil {
		return err
	}
	names := s.Services()
	if len(services) > 0 {
		if names, err = selected(r, s, services); err != nil {
			return err
		}
	}
	if without {
		names = slices.DeleteFunc(names, func(name string) bool { return s[name] == prescription.Always })
	}
	return c.print(statusLines(s, names, list))
}

// statusLines lists services, those in the highest prescription first.
func statusLines(s repo.Set, names []string, bare bool) string {
	slices.SortStableFunc(names, func(a, b string) int { return int(s[b]) - int(s[a]) })
	var out strings.Builder
	for _, name := range names {
		out.WriteString(name)
		if !bare {
			out.WriteString("/" + s[name].String())
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// selected returns those services of a set that names stand for, sorted.
func selected(r *repo.Repo, s repo.Set, names []string) ([]string, error) {
	ref, err := r.Reference()
	if err != nil {
		return nil, err
	}
	chosen, err := r.Resolve(ref, names)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(s.Services(), func(name string) bool {
		numbers, known := ref.Lookup(name)
		return !known || !chosen[numbers[0]]
	}), nil
}
