package compile

import (
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/internal/workers"
	"s6box/rc/db"
)

// Write writes a compiled database into a new directory. It appears there by rename, whole: nothing is left
// behind when the error is not nil, and a name that is taken is EEXIST.
func (r *Result) Write(path string) error {
	for len(path) > 1 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	if path == "" {
		return &Error{"mkdir " + path, unix.ENOENT}
	}
	if _, err := lstat(path); err != unix.ENOENT {
		if err == nil {
			err = unix.EEXIST
		}
		return &Error{"mkdir " + path, err}
	}
	const drafts = ":s6-rc-compile:"
	sys.Abandoned(path+drafts, nil)
	temp, fd, err := sys.Draft(path+drafts, dirMode)
	if err != nil {
		return &Error{"mkdir " + path, err}
	}
	defer unix.Close(fd)
	err = r.write(temp, fd)
	if err == nil {
		if err = unix.Rename(temp, path); err == nil {
			return nil
		}
		err = &Error{"rename " + temp + " to " + path, err}
	}
	sys.RemoveAll(sys.AT, temp)
	return err
}

// Error is a system call that failed: what could not be done, and why.
type Error struct {
	What string
	Err  error
}

func (e *Error) Error() string { return "unable to " + e.What + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func lstat(path string) (st unix.Stat_t, err error) {
	return st, unix.Lstat(path, &st)
}

func (r *Result) write(dir string, fd int) error {
	if err := db.Write(fd, r.DB); err != nil {
		return &Error{"write the database to " + dir, err}
	}
	if err := unix.Mkdirat(fd, "servicedirs", dirMode); err != nil {
		return &Error{"mkdir " + dir + "/servicedirs", err}
	}
	sub, err := sys.Open(fd, "servicedirs", unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return &Error{"open " + dir + "/servicedirs", err}
	}
	defer unix.Close(sub)
	return r.WriteServicedirs(sub)
}

// WriteServicedirs makes the service directories in an open directory, several at a time.
func (r *Result) WriteServicedirs(dirfd int) error {
	return workers.Try(len(r.Servicedirs), func(i int) error { return r.Servicedirs[i].write(dirfd) })
}

// write makes the service directory in an open directory, where nobody else makes anything meanwhile.
func (s *Servicedir) write(parent int) error {
	failed := func(verb, path string, err error) error {
		if err == nil {
			return nil
		}
		return &Error{verb + " servicedirs/" + s.Name + "/" + path, err}
	}
	if err := unix.Mkdirat(parent, s.Name, dirMode); err != nil {
		return failed("mkdir", "", err)
	}
	for _, e := range s.Entries {
		if err := e.write(parent, s.Name+"/"+e.Path); err != nil {
			return failed("write", e.Path, err)
		}
	}
	for _, from := range s.Copies {
		if err := sys.CopyTree(sys.AT, from, parent, s.Name+from[lastSlash(from):]); err != nil {
			var in *sys.CopyError
			if errors.As(err, &in) {
				from += in.Path
			}
			return failed("copy "+from+" to", "", err)
		}
	}
	return nil
}

func lastSlash(path string) int {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return i
		}
	}
	return -1
}

func (e *Entry) write(dir int, path string) error {
	switch {
	case e.Dir:
		return unix.Mkdirat(dir, path, e.Mode)
	case e.Mode == 0:
		return unix.Symlinkat(e.Data, dir, path)
	}
	err := sys.Create(dir, path, []byte(e.Data), e.Mode)
	if err == nil && e.Made {
		err = unix.Fchmodat(dir, path, e.Mode, 0)
	}
	return err
}
