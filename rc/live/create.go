package live

import (
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/fifodir"
	"s6box/internal/sys"
	"s6box/rc/db"
)

// Layout is what a live directory is made for.
type Layout struct {
	Live     string // absolute path, to become a symbolic link
	Compiled string // the database, as the link to it names it
	Scandir  string // absolute path of the scan directory
	Prefix   string // what precedes service names there
}

// Error is a system call that failed: what could not be done, and why.
type Error struct {
	What string
	Err  error
}

func (e *Error) Error() string { return "unable to " + e.What + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{what, err}
}

// Create makes a live directory for the database d with every service down, in a directory of its own
// beside l.Live, and then makes l.Live a symbolic link to it. fill puts the service directories into the
// directory it is given. Create returns the real path of the live directory. Nothing is left of it when
// the error, an *Error, is not nil.
func Create(l Layout, d *db.DB, fill func(dirfd int) error) (real string, err error) {
	real, err = Prepare(l, ByInit, make(State, len(d.Services)), func(dirfd int) error {
		if err := fill(dirfd); err != nil {
			return err
		}
		return hold(dirfd, d)
	})
	if err != nil {
		return "", err
	}
	if err := Switch(l.Live, real); err != nil {
		sys.RemoveAll(sys.AT, real)
		return "", err
	}
	Tidy(l.Live)
	return real, nil
}

// What stands between the name of the link and random characters in the names of live directories that s6-rc-init and
// s6-rc-update have made.
const (
	ByInit   = ":s6-rc-init:"
	ByUpdate = ":s6-rc-update:"
)

// Prepare makes a live directory, with tag ByInit or ByUpdate, that nothing points to yet.
func Prepare(l Layout, tag string, s State, fill func(dirfd int) error) (real string, err error) {
	real, fd, err := sys.Draft(l.Live+tag, 0o755)
	if err != nil {
		return "", failed("mkdir "+l.Live+tag, err)
	}
	defer unix.Close(fd)
	if err := populate(fd, l, s, fill); err != nil {
		sys.RemoveAll(sys.AT, real)
		if _, ok := err.(*Error); !ok {
			err = failed("make "+real, err)
		}
		return "", err
	}
	return real, nil
}

func populate(fd int, l Layout, s State, fill func(dirfd int) error) error {
	for _, err := range []error{
		unix.Symlinkat(l.Compiled, fd, Compiled),
		unix.Symlinkat(l.Scandir, fd, Scandir),
		sys.Create(fd, Prefix, []byte(l.Prefix), 0o644),
		sys.Create(fd, StateFile, s, 0o644),
		sys.Create(fd, lockFile, nil, 0o644),
		unix.Mkdirat(fd, Servicedirs, 0o755),
	} {
		if err != nil {
			return err
		}
	}
	sub, err := sys.Open(fd, Servicedirs, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(sub)
	return fill(sub)
}

// CopyServicedirs returns a function for Create that copies the service directories of a compiled database.
func CopyServicedirs(compiled string) func(dirfd int) error {
	return func(dirfd int) error {
		from := compiled + "/" + Servicedirs
		names, err := sys.ReadDir(sys.AT, from)
		if err != nil {
			return failed("opendir "+from, err)
		}
		for _, name := range names {
			if err := sys.CopyTree(sys.AT, from+"/"+name, dirfd, name); err != nil {
				return failed("copy "+from+"/"+name, err)
			}
		}
		return nil
	}
}

// hold gives every longrun its down file and its event directory.
func hold(dirfd int, d *db.DB) error {
	for i := range d.Services[:d.Longruns] {
		if err := Hold(dirfd, d.Services[i].Name); err != nil {
			return err
		}
	}
	return nil
}

// Hold gives the service directory name below dirfd a down file and an event directory.
func Hold(dirfd int, name string) error {
	if err := sys.Create(dirfd, name+"/"+downFile, nil, 0o644); err != nil && err != unix.EEXIST {
		return failed("make a down file for "+name, err)
	}
	return failed("make an event directory for "+name, fifodir.Make(dirfd, name+"/event", os.Getegid(), false))
}

// Switch makes the symbolic link live point to the directory real beside it.
func Switch(live, real string) error {
	err := sys.ReplaceSymlink(path.Base(real), sys.AT, live)
	return failed("make "+live+" a link to "+real, err)
}

// Leads tells whether a link in the scan directory leads to a service directory of this live directory, by whatever name.
func (l Layout) Leads(target string) bool {
	rest, ok := strings.CutPrefix(target, l.Live)
	return ok && (strings.HasPrefix(rest, "/"+Servicedirs+"/") || strings.HasPrefix(rest, ":s6-rc-"))
}

// Free fails with EEXIST if a name in the scan directory that one of the longruns needs is another service's, and not just a link
// to what is no more.
func Free(l Layout, names []string) error {
	for _, name := range names {
		path := l.Scandir + "/" + l.Prefix + name
		var st unix.Stat_t
		if target, _ := os.Readlink(path); !l.Leads(target) && unix.Stat(path, &st) == nil {
			return failed("supervise "+name+": "+path+" is another service", unix.EEXIST)
		}
	}
	return nil
}

// Link puts the service directories of the named longruns into the scan directory. real is the live directory
// as the links name it.
func Link(l Layout, real string, names []string) error {
	dir, err := sys.Open(sys.AT, l.Scandir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return failed("open "+l.Scandir, err)
	}
	defer unix.Close(dir)
	var buf [unix.PathMax]byte
	for _, name := range names {
		target := real + "/" + Servicedirs + "/" + name
		if n, err := unix.Readlinkat(dir, l.Prefix+name, buf[:]); err == nil && string(buf[:n]) == target {
			continue
		}
		if err := sys.ReplaceSymlink(target, dir, l.Prefix+name); err != nil {
			return failed("link "+l.Prefix+name+" into "+l.Scandir, err)
		}
	}
	return nil
}
