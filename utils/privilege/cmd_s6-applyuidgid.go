package privilege

import (
	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/users"
)

func init() {
	applet.Register(&applet.Applet{
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
	})
}

var idVariables = [...]string{"UID", "GID", "GIDLIST"}

func runApplyuidgid(inv *applet.Invocation) ([]string, error) {
	ids := proc.Ids{Uid: -1, Gid: -1}
	unset := false
	err := inv.Getopt("zu:g:G:U", func(opt byte, value string) error {
		ok := true
		switch opt {
		case 'z':
			unset = true
		case 'u':
			ids.Uid, ok = users.ParseID(value)
		case 'g':
			ids.Gid, ok = users.ParseID(value)
		case 'G':
			ids.Groups, ok = parseGids(value)
		case 'U':
			return idsFromEnv(inv.Proc.Env, &ids)
		}
		if !ok {
			return inv.UsageError()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if err := apply(inv, ids); err != nil {
		return nil, err
	}
	if unset {
		for _, name := range idVariables {
			inv.Proc.Env = inv.Proc.Env.Unset(name)
		}
	}
	return inv.Args, nil
}

func idsFromEnv(env proc.Env, ids *proc.Ids) error {
	for _, name := range idVariables {
		value, ok := env.Get(name)
		if !ok {
			return applet.Fatal(applet.ExitUsage, "%s not set", name)
		}
		switch name {
		case "UID":
			ids.Uid, ok = users.ParseID(value)
		case "GID":
			ids.Gid, ok = users.ParseID(value)
		default:
			ids.Groups, ok = parseGids(value)
		}
		if !ok {
			return applet.Fatal(applet.ExitUsage, "invalid $%s: %s", name, value)
		}
	}
	return nil
}
