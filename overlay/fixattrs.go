package overlay

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/users"
)

// fixRule is a line of a file in fix-attrs.d: path recurse account fmode dmode.
type fixRule struct {
	pattern      string
	recurse      bool
	uid, gid     int
	fmode, dmode uint32
	hidden       bool // recursion takes in names that begin with a dot
}

// parseFixRule reads a rule. ok is false for a line that holds none.
func parseFixRule(line string, hidden bool) (r fixRule, ok bool, err error) {
	words := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' || c == '\r' })
	if len(words) == 0 || words[0][0] == '#' {
		return r, false, nil
	}
	if len(words) != 5 {
		return r, false, fmt.Errorf("%q has %d words instead of 5: path recurse account fmode dmode", line, len(words))
	}
	r = fixRule{pattern: words[0], recurse: words[1] == "true", hidden: hidden}
	if words[1] != "true" && words[1] != "false" {
		return r, false, fmt.Errorf("%q is neither true nor false", words[1])
	}
	if r.uid, r.gid, err = fixAccount(words[2]); err != nil {
		return r, false, err
	}
	for i, mode := range []*uint32{&r.fmode, &r.dmode} {
		n, err := strconv.ParseUint(words[3+i], 8, 12)
		if err != nil {
			return r, false, fmt.Errorf("%q is no octal mode", words[3+i])
		}
		*mode = uint32(n)
	}
	return r, true, nil
}

// fixAccount finds the uid and gid of an account: a user, user:group, or ids, and after a comma the ids to
// take in place of names that are unknown (README of s6-overlay, "Fixing ownership and permissions").
func fixAccount(text string) (uid, gid int, err error) {
	account, fallback, _ := strings.Cut(text, ",")
	user, group, hasGroup := strings.Cut(account, ":")
	fallbackUid, fallbackGid, _ := strings.Cut(fallback, ":")
	fallbackGid, _, _ = strings.Cut(fallbackGid, ":")
	gid = -1
	if a, err := users.ByName(user); err == nil {
		uid, gid = a.Uid, a.Gid
	} else if uid, err = idOr(user, fallbackUid); err != nil {
		return 0, 0, fmt.Errorf("unknown user %q", user)
	}
	switch {
	case hasGroup:
		if g, err := users.GroupByName(group); err == nil {
			return uid, g.Gid, nil
		}
		gid, err = idOr(group, fallbackGid)
	case gid < 0:
		gid, err = idOr(fallbackGid, "")
	}
	if err != nil {
		return 0, 0, fmt.Errorf("unknown group in %q", text)
	}
	return uid, gid, nil
}

// idOr is the number that text is, or else the one that fallback is.
func idOr(text, fallback string) (int, error) {
	if n, ok := users.ParseID(text); ok {
		return n, nil
	}
	if n, ok := users.ParseID(fallback); ok {
		return n, nil
	}
	return 0, users.ErrUnknown
}

// apply applies the rule to everything its pattern matches, and returns what went wrong.
func (r *fixRule) apply() error {
	files, err := filepath.Glob(r.pattern)
	if err != nil || len(files) == 0 {
		files = []string{r.pattern}
	}
	var errs []error
	for _, file := range files {
		if path, err := filepath.EvalSymlinks(file); err == nil {
			file = path
		}
		errs = append(errs, r.fix(sys.AT, file, file))
	}
	return errors.Join(errs...)
}

// fix changes name in the directory dirfd and, if the rule is recursive, what is in it. No link is followed:
// others may be at work in there.
func (r *fixRule) fix(dirfd int, name, path string) error {
	fd, err := sys.Open(dirfd, name, unix.O_PATH|unix.O_NOFOLLOW, 0)
	if err != nil {
		return fmt.Errorf("unable to open %s: %s", path, applet.Reason(err))
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fmt.Errorf("unable to stat %s: %s", path, applet.Reason(err))
	}
	if err := unix.Fchownat(fd, "", r.uid, r.gid, unix.AT_EMPTY_PATH); err != nil {
		return fmt.Errorf("unable to chown %s: %s", path, applet.Reason(err))
	}
	mode := r.fmode
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		return nil
	case unix.S_IFDIR:
		mode = r.dmode
	}
	if err := unix.Chmod("/proc/self/fd/"+strconv.Itoa(fd), mode); err != nil {
		return fmt.Errorf("unable to chmod %s: %s", path, applet.Reason(err))
	}
	if !r.recurse || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil
	}
	names, err := sys.ReadDir(fd, ".")
	if err != nil {
		return fmt.Errorf("unable to read %s: %s", path, applet.Reason(err))
	}
	var errs []error
	for _, sub := range names {
		if r.hidden || sub[0] != '.' {
			errs = append(errs, r.fix(fd, sub, path+"/"+sub))
		}
	}
	return errors.Join(errs...)
}

// fixFile applies the rules of a file's text. Every rule is tried; tell gets what goes wrong.
func fixFile(text string, hidden bool, tell func(line int, err error)) (ok bool) {
	ok = true
	for i, line := range strings.Split(text, "\n") {
		rule, is, err := parseFixRule(line, hidden)
		if err == nil && is {
			err = rule.apply()
		}
		if err != nil {
			ok = false
			tell(i+1, err)
		}
	}
	return ok
}

// fixAttrs applies the files of fix-attrs.d.
func (l *life) fixAttrs() int {
	g := l.legacy("fix-attrs", "fix-attrs.d")
	var failed []string
	names := g.names()
	for _, name := range names {
		file := g.dir + "/" + name
		g.tell(2, "info", "applying "+file)
		text, err := sys.ReadFile(sys.AT, file, 1<<20)
		if err != nil {
			g.tell(1, "warning", "unable to read "+file+": "+applet.Reason(err))
		}
		ok := fixFile(string(text), g.FixHidden, func(line int, err error) {
			g.tell(1, "warning", fmt.Sprintf("%s:%d: %v", file, line, err))
		})
		if err != nil || !ok {
			failed = append(failed, file)
		}
	}
	if len(names) > 0 {
		g.tell(1, "warning", "fix-attrs is deprecated, please fix volume permissions in your container manager instead")
	}
	return g.verdict(failed, "some fix files failed to apply")
}
