package repo

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// fresh makes an empty directory in a subdirectory of the repository, for a link called name to point to.
func (r *Repo) fresh(sub, name string) (dir string, err error) {
	dir = sys.Unique("." + name + ":")
	path := r.at(sub, dir)
	if err := unix.Mkdir(path, dirMode); err != nil {
		return "", applet.System(err, "mkdir %s", path)
	}
	if err := unix.Chmod(path, groupMode); err != nil {
		return "", applet.System(err, "chmod %s", path)
	}
	return dir, nil
}

// stamped is the name of a new database for a link called name to point to.
func stamped(name string) string {
	return sys.Unique("." + name + ":" + tai.Now().String() + ":")
}

// owned tells whether a link called name may point to dir.
func owned(name, dir string) bool {
	rest, ok := strings.CutPrefix(dir, "."+name+":")
	if len(rest) > suffixLen && rest[len(rest)-suffixLen] == ':' {
		_, ok := tai.Parse(rest[:len(rest)-suffixLen])
		return ok
	}
	return ok && len(rest) == suffixLen-1
}

// swap makes a link point to another directory, and removes the one it pointed to unless keep is set. It returns
// that one's path, "" if there was none.
func (r *Repo) swap(sub, name, dir string, keep bool) (old string, err error) {
	link, target := r.at(sub, name), r.linkTo(sub, name)
	if target != "" && !keep {
		if err := r.doom(sub, target); err != nil {
			return "", err
		}
	}
	if err := sys.ReplaceSymlink(dir, sys.AT, link); err != nil {
		return "", applet.System(err, "symlink %s to %s", dir, link)
	}
	switch {
	case target == "":
		return "", nil
	case keep:
		return r.at(sub, target), nil
	}
	return "", r.bury(sub)
}

// doom notes that a directory is to be removed as soon as nothing points to it, should this process not come to do it.
func (r *Repo) doom(sub, dir string) error {
	if err := sys.ReplaceSymlink(dir, sys.AT, r.at(sub, doomed)); err != nil {
		return applet.System(err, "symlink %s to %s", dir, r.at(sub, doomed))
	}
	return nil
}

// bury removes the directory that is doomed once nothing else points to it.
func (r *Repo) bury(sub string) error {
	target, err := os.Readlink(r.at(sub, doomed))
	if err != nil {
		return nil
	}
	if name, ok := linkName(target); ok && r.linkTo(sub, name) != target {
		if err := remove(r.at(sub, target)); err != nil {
			return err
		}
	}
	if err := unix.Unlink(r.at(sub, doomed)); err != nil {
		return applet.System(err, "unlink %s", r.at(sub, doomed))
	}
	return nil
}

func remove(path string) error {
	if err := sys.RemoveAll(sys.AT, path); err != nil {
		return applet.System(err, "remove %s", path)
	}
	return nil
}

// readDir returns the sorted names in a directory.
func readDir(path string) ([]string, error) {
	names, err := sys.ReadDir(sys.AT, path)
	if err != nil {
		return nil, applet.System(err, "opendir %s", path)
	}
	slices.Sort(names)
	return names, nil
}

// linkTo returns what the link called name in sub points to; "" if it is not one of ours.
func (r *Repo) linkTo(sub, name string) string {
	target, err := os.Readlink(r.at(sub, name))
	if err != nil || !owned(name, target) {
		return ""
	}
	return target
}

// Sweep removes what commands that were killed have left behind. It goes by names and links alone and is best
// effort: nothing depends on it.
func (r *Repo) Sweep() {
	for _, sub := range []string{top, sources, compiled} {
		r.bury(sub)
	}
	r.sweep(top, func(string) bool { return false })
	r.sweep(sources, func(string) bool { return false })
	r.sweep(compiled, r.kept)
}

// linking is what stands in the names of links on their way to replace another.
var linking = [...]string{":s6box-symlink:", ":skalibs-atomic_symlink4:"}

func (r *Repo) sweep(sub string, kept func(dir string) bool) {
	names, _ := sys.ReadDir(sys.AT, r.at(sub))
	for _, name := range names {
		path := r.at(sub, name)
		for _, infix := range linking {
			if i := strings.LastIndex(name, infix); i >= 0 && len(name) == i+len(infix)+suffixLen-1 && r.linkTo(sub, name) == "" {
				unix.Unlink(path)
			}
		}
		stem, ok := linkName(name)
		if ok && r.linkTo(sub, stem) != name && !kept(name) {
			sys.RemoveAll(sys.AT, path)
		}
	}
}

// linkName returns the name of the link that a directory was made for.
func linkName(dir string) (name string, ok bool) {
	if len(dir) <= suffixLen+1 || dir[0] != '.' || dir[len(dir)-suffixLen] != ':' {
		return "", false
	}
	name = dir[1 : len(dir)-suffixLen]
	name = strings.TrimSuffix(name, ":s6-rc-compile") // a database that was being written
	if i := strings.LastIndex(name, ":@"); i >= 0 {
		name = name[:i]
	}
	return name, true
}

// kept tells whether a database that no link points to was kept on purpose: one that is older than the one in
// force. A later one never came into force.
func (r *Repo) kept(dir string) bool {
	name, _ := linkName(dir)
	now := r.linkTo(compiled, name)
	return owned(name, dir) && (now == "" || dir < now)
}
