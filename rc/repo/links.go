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
	if err := sys.Mkdir(sys.AT, path, groupMode); err != nil {
		return "", applet.System(err, "mkdir %s", path)
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
	link := r.at(sub, doomed)
	target, err := os.Readlink(link)
	if err != nil {
		return nil
	}
	if _, ours := linkName(target); ours && !r.linked(sub)[target] {
		if err := remove(r.at(sub, target)); err != nil {
			return err
		}
	}
	if err := unix.Unlink(link); err != nil {
		return applet.System(err, "unlink %s", link)
	}
	return nil
}

// linked returns what the links in a subdirectory point to.
func (r *Repo) linked(sub string) map[string]bool {
	targets := map[string]bool{}
	names, _ := sys.ReadDir(sys.AT, r.at(sub))
	for _, name := range names {
		if target := r.linkTo(sub, name); target != "" {
			targets[target] = true
		}
	}
	return targets
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

// Sweep removes what commands that were killed have left behind. It is best effort: nothing depends on it.
func (r *Repo) Sweep() {
	for _, sub := range []string{top, sources, compiled} {
		r.bury(sub)
		r.sweep(sub)
	}
}

// linking is what stands in the names of links that the C programs have on their way to replace another.
const linking = ":skalibs-atomic_symlink4:"

func (r *Repo) sweep(sub string) {
	linked := r.linked(sub)
	names, _ := sys.ReadDir(sys.AT, r.at(sub))
	for _, name := range names {
		stem, ours := linkName(name)
		ours = ours && !linked[name] && !r.kept(sub, stem, name)
		if i := strings.LastIndex(name, linking); i >= 0 && len(name) == i+len(linking)+suffixLen-1 && r.linkTo(sub, name) == "" {
			ours = true
		}
		if ours || strings.HasPrefix(name, sys.TempPrefix) {
			sys.RemoveAll(sys.AT, r.at(sub, name))
		}
	}
}

// linkName returns the name of the link that a directory was made for.
func linkName(dir string) (name string, ok bool) {
	if len(dir) <= suffixLen+1 || dir[0] != '.' || dir[len(dir)-suffixLen] != ':' {
		return "", false
	}
	name = dir[1 : len(dir)-suffixLen]
	if i := len(name) - tai.TextSize - 1; i > 0 && name[i] == ':' {
		if _, stamped := tai.Parse(name[i+1:]); stamped {
			name = name[:i]
		}
	}
	return name, true
}

// kept tells whether a database that no link points to was kept on purpose: one that is older than the one in
// force. A later one never came into force.
func (r *Repo) kept(sub, name, dir string) bool {
	if sub != compiled || !owned(name, dir) || dir[len(name)+2] != '@' {
		return false
	}
	now := r.linkTo(sub, name)
	return now == "" || dir < now
}
