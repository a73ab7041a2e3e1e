package repo

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// Installation is a set's database on its way to become what is booted on.
type Installation struct {
	Bootdb string // absolute path of the link to the database that is booted on
	Dir    string // directory beside it that the database is copied to
	Old    string // the database that the link pointed to, if that was one beside it
}

// copying is what stands in the names of databases that are not whole.
const copying = ":s6-rc-set-install:"

// Install copies a set's database to the directory that bootdb is in, under the name it has in the repository.
func (r *Repo) Install(set, bootdb string) (*Installation, error) {
	path, dir := r.Committed(set)
	if dir == "" {
		return nil, applet.Fatal(ExitStale, "set %s is not up-to-date; commit it first", set)
	}
	parent := strings.TrimSuffix(bootdb, base(bootdb))
	in := &Installation{Bootdb: bootdb, Dir: parent + dir}
	old, err := os.Readlink(bootdb)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return nil, applet.System(err, "readlink %s", bootdb)
	}
	if old != dir && base(old) == old && old != "" {
		in.Old = parent + old
	}
	there, err := sys.Exists(sys.AT, in.Dir)
	if err != nil {
		return nil, applet.System(err, "stat %s", in.Dir)
	}
	if there { // since a call that did not come to its end: it was copied before it got its name
		return in, nil
	}
	unfinished(parent)
	temp := sys.Unique(in.Dir + copying)
	err = sys.CopyTree(sys.AT, path, sys.AT, temp)
	if err == nil {
		err = unix.Rename(temp, in.Dir)
	}
	if err != nil {
		sys.RemoveAll(sys.AT, temp)
		return nil, applet.System(err, "recursively copy %s to %s", path, in.Dir)
	}
	return in, nil
}

// unfinished removes databases of which the copying, or the removal, was cut short.
func unfinished(parent string) {
	names, _ := sys.ReadDir(sys.AT, parent)
	for _, name := range names {
		if i := strings.LastIndex(name, copying); i > 0 && len(name) == i+len(copying)+suffixLen-1 {
			sys.RemoveAll(sys.AT, parent+name)
		}
	}
}

// removeWhole removes a database that a later call may want to copy there again: no part of it stays under its name.
func removeWhole(path string) error {
	temp := sys.Unique(path + copying)
	if err := unix.Rename(path, temp); err != nil {
		return applet.System(err, "rename %s to %s", path, temp)
	}
	return remove(temp)
}

// Linked tells whether the link that is booted on points to the database.
func (in *Installation) Linked() bool {
	target, err := os.Readlink(in.Bootdb)
	return err == nil && target == base(in.Dir)
}

// Same tells whether a path leads to the database.
func (in *Installation) Same(path string) bool {
	var a, b unix.Stat_t
	return unix.Stat(path, &a) == nil && unix.Stat(in.Dir, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// Link makes the link that is booted on point to the database.
func (in *Installation) Link() error {
	target := base(in.Dir)
	if err := sys.ReplaceSymlink(target, sys.AT, in.Bootdb); err != nil {
		return applet.System(err, "symlink %s to %s", target, in.Bootdb)
	}
	return nil
}

// Forget removes the copy, which nothing uses.
func (in *Installation) Forget() error { return removeWhole(in.Dir) }

// Discard removes the database that the link pointed to before.
func (in *Installation) Discard() error {
	if in.Old == "" {
		return nil
	}
	err := removeWhole(in.Old)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

// base is what follows the last slash of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
