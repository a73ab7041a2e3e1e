// Package identity is how commands are told to run as somebody else: the options -u, -g, -G and -U, which
// s6-applyuidgid and the servers share, and the system calls behind them.
package identity

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/users"
)

// Variables are what -U reads.
var Variables = [...]string{"UID", "GID", "GIDLIST"}

// None changes nothing.
func None() proc.Ids { return proc.Ids{Uid: -1, Gid: -1} }

// Option takes one of the options -u uid, -g gid, -G gidlist and -U into ids.
func Option(inv *applet.Invocation, ids *proc.Ids, opt byte, value string) error {
	ok := false
	switch opt {
	case 'u':
		ids.Uid, ok = users.ParseID(value)
	case 'g':
		ids.Gid, ok = users.ParseID(value)
	case 'G':
		ids.Groups, ok = ParseGids(value)
	case 'U':
		return fromEnv(inv.Proc.Env, ids)
	}
	if !ok {
		return inv.UsageError()
	}
	return nil
}

func fromEnv(env proc.Env, ids *proc.Ids) error {
	for _, name := range Variables {
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
			ids.Groups, ok = ParseGids(value)
		}
		if !ok {
			return applet.Fatal(applet.ExitUsage, "invalid $%s: %s", name, value)
		}
	}
	return nil
}

// ParseGids parses a list of gids, separated by commas, semicolons, colons or blanks; it does not start with
// one of these. The empty list is not nil.
func ParseGids(list string) (gids []int, ok bool) {
	gids = []int{}
	if list != "" && isSeparator(rune(list[0])) {
		return nil, false
	}
	for word := range strings.FieldsFuncSeq(list, isSeparator) {
		gid, ok := users.ParseID(word)
		if !ok {
			return nil, false
		}
		gids = append(gids, gid)
	}
	return gids, true
}

func isSeparator(r rune) bool { return strings.ContainsRune(",;: \t\r\n", r) }

// Apply makes ids those of inv's process, groups first, since only root may change them. The primary group
// is one of the supplementary ones.
func Apply(inv *applet.Invocation, ids proc.Ids) error {
	if ids.Uid < 0 && ids.Gid < 0 && ids.Groups == nil {
		return nil
	}
	if !inv.Proc.MaySetIds() {
		return proc.ErrNeedProcess
	}
	if ids.Groups != nil {
		gid := ids.Gid
		if gid < 0 {
			gid = inv.Proc.Gid()
		}
		groups := append([]int{gid}, ids.Groups...)
		slices.Sort(groups)
		if err := inv.Proc.SetIds(proc.Ids{Uid: -1, Gid: -1, Groups: slices.Compact(groups)}); err != nil {
			return refused(err, "set supplementary group list", "SETGID")
		}
	}
	if ids.Gid >= 0 {
		if err := inv.Proc.SetIds(proc.Ids{Uid: -1, Gid: ids.Gid}); err != nil {
			return refused(err, "setgid", "SETGID")
		}
	}
	if ids.Uid >= 0 {
		if err := inv.Proc.SetIds(proc.Ids{Uid: ids.Uid, Gid: -1}); err != nil {
			return refused(err, "setuid", "SETUID")
		}
	}
	return nil
}

// refused says why ids could not be set.
func refused(err error, what, capability string) error {
	failure := applet.System(err, "%s", what)
	var e *applet.Error
	if err == unix.EPERM && errors.As(failure, &e) {
		e.Msg += " (uid " + strconv.Itoa(unix.Geteuid()) + " has not the capability " + capability + ")"
	}
	return failure
}
