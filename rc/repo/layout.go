// Package repo is the repository of service sets: the directory in which s6-rc-repo-* and s6-rc-set-* work. See
// https://skarnet.org/software/s6-rc/repodefs.html for what a store, a set and a prescription are. Names and layout
// on disk are upstream's.
//
// Whatever changes is written beside what is in force and takes its place by renaming a symbolic link, so that a
// process killed at any step leaves a repository that works. What it has left behind, Sweep removes.
package repo

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/source"
)

// Default is where the repository is unless a command is told otherwise.
const Default = "/var/lib/s6-rc/repository"

// What is in a repository. The links in sources and compiled point to directories beside them that are called like
// the link with a dot before and a suffix behind.
const (
	top       = "." // the repository itself
	lockFile  = "lock"
	stores    = "stores"   // link to a directory of links 0000, 0001… to the stores
	sources   = "sources"  // the sets, and what they are made of
	compiled  = "compiled" // databases: one for each set that was committed, and the reference
	atomics   = ".atomics" // link in sources: oneshots and longruns of all stores
	bundles   = ".bundles" // link in sources: bundles of all stores
	reference = ".ref"     // link in compiled: the database of all services
	doomed    = ".doomed"  // link to a directory that is to be removed as soon as it is not in force any more
	stampFile = ".stamp"   // in a set: its mtime is that of the last change
)

const (
	groupMode = 0o2755 // directories that links point to
	dirMode   = 0o755
	lockMode  = 0o666 // everybody may read, for which upstream's commands take the lock for writing
	suffixLen = len(":XXXXXX")
)

// Exit codes of the repository commands.
const (
	ExitFailed       = 1
	ExitUnknown      = 3
	ExitStale        = 7
	ExitInconsistent = 102
)

// Repo is a repository, locked by this process until it ends.
type Repo struct {
	Path string // as the user named it
}

// Open locks a repository, waiting for whoever has it: readers share the lock.
func Open(path string, write bool) (*Repo, error) {
	r := &Repo{Path: trim(path)}
	flags := unix.O_RDONLY
	if write {
		flags = unix.O_WRONLY
	}
	fd, err := sys.Open(sys.AT, r.at(lockFile), flags|unix.O_NONBLOCK, 0)
	if err == nil {
		err = sys.LockWait(fd, !write)
	}
	if err != nil {
		return nil, applet.System(err, "lock %s", path)
	}
	return r, nil
}

// trim removes slashes at the end, but for that of the root directory.
func trim(path string) string {
	for len(path) > 1 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	return path
}

func (r *Repo) at(names ...string) string { return r.Path + "/" + strings.Join(names, "/") }

// CheckSets fails for words that cannot be names of sets.
func CheckSets(names ...string) error {
	for _, name := range names {
		if err := checkName("set", name); err != nil {
			return err
		}
		if name[0] == '.' {
			return applet.Fatal(applet.ExitUsage, "set names cannot start with a dot: %s", name)
		}
	}
	return nil
}

// CheckServices fails for words that cannot be names of services.
func CheckServices(names ...string) error {
	for _, name := range names {
		if err := checkName("service", name); err != nil {
			return err
		}
		if source.Reserved(name) {
			return applet.Fatal(applet.ExitUsage, "service names cannot start with reserved prefixes: %s", name)
		}
	}
	return nil
}

// CheckBundle fails for a word that cannot be the name of a bundle.
func CheckBundle(name string) error {
	if err := checkName("bundle", name); err != nil {
		return err
	}
	if source.Reserved(name) {
		return applet.Fatal(ExitFailed, "identifier %s starts with reserved prefix", name)
	}
	return nil
}

func checkName(kind, name string) error {
	if name == "" {
		return applet.Fatal(applet.ExitUsage, "%s names cannot be empty", kind)
	}
	if strings.ContainsAny(name, "/\n") {
		return applet.Fatal(applet.ExitUsage, "%s names cannot contain / or newlines: %s", kind, source.Show(name))
	}
	return nil
}
