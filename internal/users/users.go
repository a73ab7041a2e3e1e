// Package users looks accounts up in /etc/passwd and /etc/group of the process's root, as getpwnam(3) and
// getgrnam(3) do where no other source is configured. A file that does not exist holds no entry, and lines
// that are not entries are skipped.
package users

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// ErrUnknown says that there is no such user or group.
var ErrUnknown = errors.New("unknown account")

const (
	passwdFile = "/etc/passwd"
	groupFile  = "/etc/group"
)

// Account is an entry of /etc/passwd.
type Account struct {
	Name     string
	Uid, Gid int
	Home     string
	Shell    string
}

// Group is an entry of /etc/group.
type Group struct {
	Name    string
	Gid     int
	Members []string
}

// ByName returns the account called name, or ErrUnknown.
func ByName(name string) (Account, error) {
	return account(func(a Account) bool { return a.Name == name })
}

// ByUid returns the first account with that uid, or ErrUnknown.
func ByUid(uid int) (Account, error) {
	return account(func(a Account) bool { return a.Uid == uid })
}

// GroupByName returns the group called name, or ErrUnknown.
func GroupByName(name string) (Group, error) {
	return group(func(g Group) bool { return g.Name == name })
}

// GroupByGid returns the first group with that gid, or ErrUnknown.
func GroupByGid(gid int) (Group, error) {
	return group(func(g Group) bool { return g.Gid == gid })
}

// GroupsOf returns the ids of the groups that list user as a member, in the order of the file. The primary
// group of the account is among them only if it lists the user.
func GroupsOf(user string) ([]int, error) {
	gids := []int{}
	_, err := group(func(g Group) bool {
		if slices.Contains(g.Members, user) {
			gids = append(gids, g.Gid)
		}
		return false
	})
	if errors.Is(err, ErrUnknown) {
		err = nil
	}
	return gids, err
}

func account(match func(Account) bool) (Account, error) {
	var found Account
	err := scan(passwdFile, func(line string) bool {
		a, ok := parseAccount(line)
		found = a
		return ok && match(a)
	})
	return found, err
}

func group(match func(Group) bool) (Group, error) {
	var found Group
	err := scan(groupFile, func(line string) bool {
		g, ok := parseGroup(line)
		found = g
		return ok && match(g)
	})
	return found, err
}

func scan(file string, match func(line string) bool) error {
	text, err := sys.ReadFile(sys.AT, file, math.MaxInt)
	if err == unix.ENOENT {
		return ErrUnknown
	}
	if err != nil {
		return err
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if match(line) {
			return nil
		}
	}
	return ErrUnknown
}

// parseAccount parses name:password:uid:gid:gecos:home:shell; the shell is all the rest of the line.
func parseAccount(line string) (Account, bool) {
	f := strings.SplitN(line, ":", 7)
	if len(f) < 7 || f[0] == "" {
		return Account{}, false
	}
	uid, uidOK := ParseID(f[2])
	gid, gidOK := ParseID(f[3])
	return Account{Name: f[0], Uid: uid, Gid: gid, Home: f[5], Shell: f[6]}, uidOK && gidOK
}

// parseGroup parses name:password:gid:member,member...
func parseGroup(line string) (Group, bool) {
	f := strings.SplitN(line, ":", 4)
	if len(f) < 4 || f[0] == "" {
		return Group{}, false
	}
	gid, ok := ParseID(f[2])
	g := Group{Name: f[0], Gid: gid}
	for member := range strings.SplitSeq(f[3], ",") {
		if member != "" {
			g.Members = append(g.Members, member)
		}
	}
	return g, ok
}

// ParseID parses a decimal uid or gid. The highest number means "none" to the kernel and is not an id, and
// no more is one that an int can't hold.
func ParseID(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return int(n), err == nil && n < math.MaxUint32 && n <= math.MaxInt
}
