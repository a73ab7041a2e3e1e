package privilege

import (
	"s6box/internal/applet"
	"s6box/internal/identity"
)

var cmdS6Applyuidgid = applet.Applet{
	Name:  "s6-applyuidgid",
	Usage: "[ -z ] [ -u uid ] [ -g gid ] [ -G gidlist ] [ -U ] prog...",
	Help: `Runs prog with other ids, given as numbers.

  -u UID      user id
  -g GID      group id
  -G GIDLIST  supplementary groups, separated by commas
  -U          all three from the variables UID, GID and GIDLIST; options behind it override them
  -z          unset UID, GID and GIDLIST

Exit codes: 100 usage, or a variable that -U needs is unset or no number; 111 not permitted.

Example: s6-envuidgid www-data s6-applyuidgid -Uz httpd
`,
	Chain: runApplyuidgid,
}

func runApplyuidgid(inv *applet.Invocation) ([]string, error) {
	ids := identity.None()
	unset := false
	err := inv.Getopt("zu:g:G:U", func(opt byte, value string) error {
		if opt == 'z' {
			unset = true
			return nil
		}
		return identity.Option(inv, &ids, opt, value)
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if err := identity.Apply(inv, ids); err != nil {
		return nil, err
	}
	if unset {
		for _, name := range identity.Variables {
			inv.Proc.Env = inv.Proc.Env.Unset(name)
		}
	}
	return inv.Args, nil
}
