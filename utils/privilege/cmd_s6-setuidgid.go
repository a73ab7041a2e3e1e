package privilege

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/identity"
	"s6box/internal/proc"
	"s6box/internal/users"
)

var cmdS6Setuidgid = applet.Applet{
	Name:  "s6-setuidgid",
	Usage: "account prog...",
	Help: `Runs prog as another user: uid, gid and supplementary groups of account.

account is a name from /etc/passwd, or uid:gid in numbers, without supplementary groups. An empty account
changes nothing. Only root can change ids.

Exit codes: 1 account is unknown, 111 not permitted.

Example: s6-setuidgid www-data php-fpm --nodaemonize
`,
	Chain: runSetuidgid,
}

func runSetuidgid(inv *applet.Invocation) ([]string, error) {
	if err := inv.Getopt("", nil); err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	name, rest := inv.Args[0], inv.Args[1:]
	if name == "" {
		return rest, nil
	}
	if uid, gid, pair := strings.Cut(name, ":"); pair {
		ids, ok := parsePair(uid, gid)
		if !ok {
			return nil, applet.Fatal(applet.ExitUsage, "invalid uid:gid: %s (a pair has to be in numbers)", name)
		}
		return rest, identity.Apply(inv, ids)
	}
	ids, ok, err := lookup(name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, applet.Fatal(1, "unknown user: %s", name)
	}
	return rest, identity.Apply(inv, ids)
}

func parsePair(uid, gid string) (proc.Ids, bool) {
	u, uidOK := users.ParseID(uid)
	g, gidOK := users.ParseID(gid)
	return proc.Ids{Uid: u, Gid: g, Groups: []int{}}, uidOK && gidOK
}
