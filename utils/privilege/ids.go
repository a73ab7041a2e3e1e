// Package privilege holds the chain loaders that change who a program runs as and what it may use:
// s6-setuidgid, s6-envuidgid, s6-applyuidgid, s6-softlimit, s6-nice, s6-setsid, s6-chroot.
package privilege

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/users"
)

// apply makes ids those of inv's process, groups first, since only root may change them. The primary group
// is one of the supplementary ones.
func apply(inv *applet.Invocation, ids proc.Ids) error {
	if ids.Groups != nil {
		gid := ids.Gid
		if gid < 0 {
			gid = inv.Proc.Gid()
		}
		groups := append([]int{gid}, ids.Groups...)
		slices.Sort(groups)
		if err := inv.Proc.SetIds(proc.Ids{Uid: -1, Gid: -1, Groups: slices.Compact(groups)}); err != nil {
			return applet.System(err, "set supplementary group list")
		}
	}
	if ids.Gid >= 0 {
		if err := inv.Proc.SetIds(proc.Ids{Uid: -1, Gid: ids.Gid}); err != nil {
			return applet.System(err, "setgid")
		}
	}
	if ids.Uid >= 0 {
		if err := inv.Proc.SetIds(proc.Ids{Uid: ids.Uid, Gid: -1}); err != nil {
			return applet.System(err, "setuid")
		}
	}
	return nil
}

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

// parseGids parses a list of gids, separated by commas or blanks. The empty list is not nil.
func parseGids(list string) (gids []int, ok bool) {
	gids = []int{}
	for word := range strings.FieldsFuncSeq(list, isSeparator) {
		gid, ok := users.ParseID(word)
		if !ok {
			return nil, false
		}
		gids = append(gids, gid)
	}
	return gids, true
}

func isSeparator(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }

func formatGids(gids []int) string {
	words := make([]string, len(gids))
	for i, gid := range gids {
		words[i] = strconv.Itoa(gid)
	}
	return strings.Join(words, ",")
}
