package privilege

import (
	"strconv"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/identity"
	"s6box/internal/proc"
	"s6box/internal/users"
)

var cmdS6Envuidgid = applet.Applet{
	Name:  "s6-envuidgid",
	Usage: "[ -i | -D defaultuid:defaultgid:defaultgidlist ] [ -u | -g | -B ] [ -n ] account prog...",
	Help: `Sets UID, GID and GIDLIST to the ids of account and goes on with prog. GIDLIST is the supplementary
groups, separated by commas.

  -u    account is a user; only UID is set
  -g    account is a group; only GID is set
  -B    account is user:group; UID and GID are set. An empty part is 0, or what -D says
  -n    a name that is not found may be a number. Without -u, -g or -B, account may then be user:group:gidlist
  -i    an unknown account ends the program (default)
  -D    ids for an account that is unknown

Exit codes: 1 account is unknown, 100 usage, 111 a system call failed.

Example: s6-envuidgid -B www-data:adm s6-tcpserver-socketbinder 0.0.0.0 80 httpd
`,
	Chain: runEnvuidgid,
}

// request is what s6-envuidgid works with: how account is meant, and what to do when it is unknown.
type request struct {
	mode     byte // 'u', 'g', 'B', or 0: an account with its groups
	numeric  bool
	fallback *proc.Ids
}

func runEnvuidgid(inv *applet.Invocation) ([]string, error) {
	var id request
	err := inv.Getopt("iD:ugBn", func(opt byte, value string) error {
		switch opt {
		case 'i':
			id.fallback = nil
		case 'D':
			ids, ok := parseIds(value)
			if !ok {
				return inv.UsageError()
			}
			id.fallback = &ids
		case 'n':
			id.numeric = true
		default:
			id.mode = opt
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	ids, err := id.resolve(inv.Args[0])
	if err != nil {
		return nil, err
	}
	if ids.Uid >= 0 {
		inv.Proc.Env = inv.Proc.Env.Set("UID", strconv.Itoa(ids.Uid))
	}
	if ids.Gid >= 0 {
		inv.Proc.Env = inv.Proc.Env.Set("GID", strconv.Itoa(ids.Gid))
	}
	if ids.Groups != nil {
		inv.Proc.Env = inv.Proc.Env.Set("GIDLIST", formatGids(ids.Groups))
	}
	return inv.Args[1:], nil
}

// resolve returns the ids to export; -1 and nil stand for variables that are left alone.
func (id *request) resolve(account string) (proc.Ids, error) {
	ids := proc.Ids{Uid: -1, Gid: -1}
	var err error
	switch id.mode {
	case 'u':
		ids.Uid, err = id.user(account)
	case 'g':
		ids.Gid, err = id.group(account)
	case 'B':
		return id.pair(account)
	default:
		return id.account(account)
	}
	return ids, err
}

// account looks up a user with its groups. By -n, what no user is called may be user:group:gidlist.
func (id *request) account(account string) (proc.Ids, error) {
	ids, ok, err := lookup(account)
	if err != nil || ok {
		return ids, err
	}
	if id.numeric {
		if pair, list, ok := splitAccount(account); ok {
			ids, err := id.pair(pair)
			ids.Groups = list
			return ids, err
		}
	}
	if id.fallback != nil {
		return *id.fallback, nil
	}
	return ids, applet.Fatal(1, "unknown user: %s", account)
}

// splitAccount takes the group list off user:group:gidlist. ok is false for one word that is no number.
func splitAccount(account string) (pair string, list []int, ok bool) {
	part := strings.SplitN(account, ":", 3)
	if len(part) == 1 {
		_, ok = users.ParseID(account)
		return account, []int{}, ok
	}
	list = []int{}
	if len(part) == 3 {
		list, ok = identity.ParseGids(part[2])
		return part[0] + ":" + part[1], list, ok
	}
	return account, list, true
}

// pair looks up user:group. What is missing has its default, 0 if not given.
func (id *request) pair(account string) (ids proc.Ids, err error) {
	if id.fallback != nil {
		ids.Uid, ids.Gid = id.fallback.Uid, id.fallback.Gid
	}
	user, group, pair := strings.Cut(account, ":")
	if user != "" || !pair {
		if ids.Uid, err = id.user(user); err != nil {
			return ids, err
		}
	}
	if group != "" {
		ids.Gid, err = id.group(group)
	}
	return ids, err
}

func (id *request) user(name string) (int, error) {
	account, ok, err := known(users.ByName(name))
	if err != nil {
		return 0, applet.System(err, "look up user %s", name)
	}
	return id.choose(account.Uid, ok, name, "user", func(d *proc.Ids) int { return d.Uid })
}

func (id *request) group(name string) (int, error) {
	group, ok, err := known(users.GroupByName(name))
	if err != nil {
		return 0, applet.System(err, "look up group %s", name)
	}
	return id.choose(group.Gid, ok, name, "group", func(d *proc.Ids) int { return d.Gid })
}

func (id *request) choose(found int, ok bool, name, kind string, fallback func(*proc.Ids) int) (int, error) {
	if ok {
		return found, nil
	}
	if id.numeric {
		if n, ok := users.ParseID(name); ok {
			return n, nil
		}
	}
	if id.fallback != nil {
		return fallback(id.fallback), nil
	}
	return 0, applet.Fatal(1, "unknown %s: %s", kind, name)
}

// parseIds parses uid[:gid[:gidlist]]; what is missing or empty behind a colon is 0, or no group.
func parseIds(s string) (ids proc.Ids, ok bool) {
	part := strings.SplitN(s, ":", 3)
	for len(part) < 3 {
		part = append(part, "")
	}
	for i := range 2 {
		if part[i] == "" && s != "" {
			part[i] = "0"
		}
	}
	var uidOK, gidOK, listOK bool
	ids.Uid, uidOK = users.ParseID(part[0])
	ids.Gid, gidOK = users.ParseID(part[1])
	ids.Groups, listOK = identity.ParseGids(part[2])
	return ids, uidOK && gidOK && listOK
}
