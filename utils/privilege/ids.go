// Package privilege holds the chain loaders that change who a program runs as and what it may use:
// s6-setuidgid, s6-envuidgid, s6-applyuidgid, s6-softlimit, s6-nice, s6-setsid, s6-chroot.
package privilege

import (
	"errors"
	"strconv"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/users"
)

// lookup returns the ids of an account with its supplementary groups. ok is false for an unknown one.
func lookup(name string) (ids proc.Ids, ok bool, err error) {
	account, ok, err := known(users.ByName(name))
	if err != nil {
		return ids, false, applet.System(err, "look up user %s", name)
	}
	if !ok {
		return ids, false, nil
	}
	groups, err := users.GroupsOf(name)
	if err != nil {
		return ids, false, applet.System(err, "get supplementary groups for %s", name)
	}
	return proc.Ids{Uid: account.Uid, Gid: account.Gid, Groups: groups}, true, nil
}

// known tells an unknown account from a failure to look it up.
func known[T any](entry T, err error) (T, bool, error) {
	if errors.Is(err, users.ErrUnknown) {
		return entry, false, nil
	}
	return entry, err == nil, err
}

func formatGids(gids []int) string {
	words := make([]string, len(gids))
	for i, gid := range gids {
		words[i] = strconv.Itoa(gid)
	}
	return strings.Join(words, ",")
}
