package repo

import (
	"errors"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// Installation is a set's database on its way to become what is booted on. Databases that nobody needs in the end are
// marked as such before that can come about: whenever this is cut short, the next one removes them.
type Installation struct {
	Bootdb string // absolute path of the link to the database that is booted on
	Dir    string // directory beside it that the database is copied to
	Old    string // the database that the link pointed to, if that was one beside it

	parent string // the directory of all these, with a slash
	live   string // the database in force
}

// What stands in the names of databases that are not whole, and behind those of links that mark a database.
const (
	copying   = ":s6-rc-set-install:"
	temporary = ":temporary"
)

// Install copies a set's database to the directory that bootdb is in, under the name it has in the repository. live is
// the path of the database in force.
func (r *Repo) Install(set, bootdb, live string) (*Installation, error) {
	compiled, dir := r.Committed(set)
	if dir == "" {
		return nil, applet.Fatal(ExitStale, "set %s is not up-to-date; commit it first", set)
	}
	parent, _ := path.Split(bootdb)
	in := &Installation{Bootdb: bootdb, Dir: parent + dir, parent: parent, live: live}
	old, err := os.Readlink(bootdb)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return nil, applet.System(err, "readlink %s", bootdb)
	}
	if old != dir && old != "" && !strings.Contains(old, "/") {
		in.Old = parent + old
	}
	if err := in.Discard(); err != nil {
		return nil, err
	}
	if in.Linked() || in.Same(live) {
		return in, nil
	}
	return in, in.copy(compiled)
}

// copy copies a database. One that is there and not in use may be part of one, and is not trusted.
func (in *Installation) copy(from string) error {
	if err := removeWhole(in.Dir); err != nil {
		return err
	}
	if err := mark(in.Dir); err != nil {
		return err
	}
	sys.Abandoned(in.Dir+copying, nil)
	temp, fd, err := sys.Draft(in.Dir+copying, dirMode)
	if err != nil {
		return applet.System(err, "mkdir %s", in.Dir+copying)
	}
	defer unix.Close(fd)
	whole := temp + "/" + path.Base(in.Dir)
	err = sys.CopyTree(sys.AT, from, sys.AT, whole)
	if err == nil {
		err = unix.Rename(whole, in.Dir)
	}
	sys.RemoveAll(sys.AT, temp)
	if err != nil {
		return applet.System(err, "recursively copy %s to %s", from, in.Dir)
	}
	return nil
}

// removeWhole removes a database, if it is there. No part of it stays under its name.
func removeWhole(path string) error {
	temp := sys.Unique(path + copying)
	err := unix.Rename(path, temp)
	if err == unix.ENOENT {
		return nil
	}
	if err != nil {
		return applet.System(err, "rename %s to %s", path, temp)
	}
	return remove(temp)
}

// mark notes that a database is to be removed when it is neither booted on nor in force.
func mark(dir string) error {
	if err := sys.ReplaceSymlink(path.Base(dir), sys.AT, dir+temporary); err != nil {
		return applet.System(err, "symlink %s to %s", path.Base(dir), dir+temporary)
	}
	return nil
}

// Outdate notes that the database that is booted on is to go as soon as another one is.
func (in *Installation) Outdate() error {
	if in.Old == "" {
		return nil
	}
	return mark(in.Old)
}

// Discard removes the databases that are marked and that nothing uses, and what is left of copies that were cut short.
func (in *Installation) Discard() error {
	names, err := readDir(in.parent + ".")
	if err != nil {
		return err
	}
	booted, _ := os.Readlink(in.Bootdb)
	for _, name := range names {
		if i := strings.LastIndex(name, copying); i > 0 && len(name) == i+len(copying)+suffixLen-1 {
			sys.Abandoned(in.parent+name[:i]+copying, nil)
			continue
		}
		dir, marked := strings.CutSuffix(name, temporary)
		if target, _ := os.Readlink(in.parent + name); !marked || target != dir {
			continue
		}
		if dir != booted {
			if same(in.parent+dir, in.live) {
				continue
			}
			if err := removeWhole(in.parent + dir); err != nil {
				return err
			}
		}
		if err := unix.Unlink(in.parent + name); err != nil {
			return applet.System(err, "unlink %s", in.parent+name)
		}
	}
	return nil
}

// Linked tells whether the link that is booted on points to the database.
func (in *Installation) Linked() bool {
	target, err := os.Readlink(in.Bootdb)
	return err == nil && target == path.Base(in.Dir)
}

// Same tells whether a path leads to the database.
func (in *Installation) Same(path string) bool {
	return same(path, in.Dir)
}

func same(one, other string) bool {
	var a, b unix.Stat_t
	return unix.Stat(one, &a) == nil && unix.Stat(other, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// Link makes the link that is booted on point to the database.
func (in *Installation) Link() error {
	target := path.Base(in.Dir)
	if err := sys.ReplaceSymlink(target, sys.AT, in.Bootdb); err != nil {
		return applet.System(err, "symlink %s to %s", target, in.Bootdb)
	}
	return nil
}
