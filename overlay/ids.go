package overlay

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/users"
)

// withIDs adds to env who this process runs as: UID, GID, EUID and EGID, and the names of these in USER, GROUP, EUSER
// and EGROUP, which are empty where there is none. GIDLIST is not for who reads them.
func withIDs(env proc.Env) proc.Env {
	for _, id := range [...]struct {
		name, account string
		id            int
		group         bool
	}{
		{"UID", "USER", unix.Getuid(), false}, {"EUID", "EUSER", unix.Geteuid(), false},
		{"GID", "GROUP", unix.Getgid(), true}, {"EGID", "EGROUP", unix.Getegid(), true},
	} {
		env = env.Set(id.name, strconv.Itoa(id.id)).Set(id.account, accountName(id.id, id.group))
	}
	return env.Unset("GIDLIST")
}

// accountName is the name of a user or a group, "" if it has none.
func accountName(id int, group bool) string {
	if group {
		g, _ := users.GroupByGid(id)
		return g.Name
	}
	a, _ := users.ByUid(id)
	return a.Name
}
