package repo

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// Create makes a repository for some stores, and unless bare is set synchronises it with them. It appears whole: nothing
// is left of it if something fails. replace puts it in the place of a repository that is there.
func Create(path string, paths []string, bare, replace bool, e *Env) error {
	path = trim(path)
	there, err := occupied(path)
	if err != nil {
		return err
	}
	if there && !replace {
		return applet.Fatal(applet.ExitSystem, "unable to create repository %s: %s (-f makes a new one in its place, -U changes its stores)", path, applet.Reason(unix.EEXIST))
	}
	if there {
		if _, err := Open(path, true); err != nil { // what is no repository is not replaced
			return err
		}
	}
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		if err := os.MkdirAll(path[:i], dirMode); err != nil {
			return applet.System(err, "mkdir %s", path[:i])
		}
	}
	sys.Abandoned(path+making, nil)
	temp, fd, err := sys.Draft(path+making, dirMode)
	if err != nil {
		return applet.System(err, "mkdir %s", path+making)
	}
	defer unix.Close(fd)
	r := &Repo{Path: temp}
	err = r.fill(paths, bare, e)
	if err == nil {
		err = r.rename(path, there)
	}
	if err != nil {
		sys.RemoveAll(sys.AT, r.Path)
	}
	return err
}

// making is what stands in the names of repositories under way, and of those that have been replaced.
const making = ":new:"

// occupied tells whether there is something in a path's place that a new directory can't replace.
func occupied(path string) (bool, error) {
	names, err := sys.ReadDir(sys.AT, path)
	switch {
	case err == unix.ENOENT:
		return false, nil
	case err != nil:
		return false, applet.System(err, "create repository %s", path)
	}
	return len(names) > 0, nil
}

func (r *Repo) fill(paths []string, bare bool, e *Env) error {
	for _, dir := range []string{r.at(sources), r.at(compiled)} {
		if err := sys.Mkdir(sys.AT, dir, dirMode); err != nil {
			return applet.System(err, "mkdir %s", dir)
		}
	}
	if err := unix.Chmod(r.Path, groupMode); err != nil {
		return applet.System(err, "chmod %s", r.Path)
	}
	if err := sys.Create(sys.AT, r.at(lockFile), nil, lockMode); err != nil {
		return applet.System(err, "create %s", r.at(lockFile))
	}
	if err := unix.Chmod(r.at(lockFile), lockMode); err != nil {
		return applet.System(err, "chmod %s", r.at(lockFile))
	}
	if _, err := Open(r.Path, true); err != nil {
		return err
	}
	if bare {
		return r.SetStores(paths)
	}
	return r.Sync(paths, e)
}

// rename gives a repository its name. One that has it is exchanged for it, and then removed.
func (r *Repo) rename(path string, there bool) error {
	var flags uint
	if there {
		flags = unix.RENAME_EXCHANGE
	}
	if err := unix.Renameat2(sys.AT, r.Path, sys.AT, path, flags); err != nil {
		return applet.System(err, "rename %s to %s", r.Path, path)
	}
	if there {
		return remove(r.Path)
	}
	return nil
}
