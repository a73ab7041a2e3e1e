package repo

import (
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/compile"
	"s6box/rc/db"
	"s6box/rc/source"
)

// Env is what a command lends to the work it orders.
type Env struct {
	Options compile.Options
	Report  func([]source.Problem) error               // says what is wrong; the error, if it is fatal, ends the command
	Say     func(verbosity uint64, level, text string) // prints a message
}

// exitInvalid is the exit code for a database that cannot be understood.
const exitInvalid = 4

// Reference reads the database of all services.
func (r *Repo) Reference() (*db.DB, error) {
	path := r.at(compiled, reference)
	d, err := db.Read(sys.AT, path)
	var unreadable *db.ReadError
	switch {
	case errors.As(err, &unreadable):
		return nil, applet.System(unreadable.Err, "read %s (is there a reference database? s6-rc-repo-sync makes it)", unreadable.File)
	case err != nil:
		return nil, applet.Fatal(exitInvalid, "invalid service database in %s: %v", path, err)
	}
	return d, nil
}

// Resolve returns the services that names stand for, bundles being all that is in them.
func (r *Repo) Resolve(ref *db.DB, names []string) ([]bool, error) {
	set := make([]bool, len(ref.Services))
	for _, name := range names {
		numbers, ok := ref.Lookup(name)
		if !ok {
			return nil, applet.Fatal(ExitUnknown, "%s is not a valid identifier in %s%s", name, r.at(compiled, reference), near(ref, name))
		}
		for _, n := range numbers {
			set[n] = true
		}
	}
	return set, nil
}

func near(ref *db.DB, name string) string {
	var all []string
	for _, e := range ref.Names {
		all = append(all, e.Name)
	}
	if other, ok := source.Nearest(name, all); ok {
		return " (did you mean " + other + "?)"
	}
	return ""
}

// compile writes a database of definitions for a link in compiled, which does not point to it yet.
func (r *Repo) compile(name string, defs []*source.Definition, problems []source.Problem, e *Env) (dir string, d *db.DB, err error) {
	result := compile.Compile(defs, e.Options)
	if err := e.Report(append(problems, result.Problems...)); err != nil {
		return "", nil, err
	}
	dir = stamped(name)
	path := r.at(compiled, dir)
	e.Options.Progress(2, "writing compiled information to "+path)
	var failed *compile.Error
	if err = result.Write(path); errors.As(err, &failed) {
		return "", nil, applet.System(failed.Err, "%s", failed.What)
	}
	return dir, result.DB, err
}

// UpToDate tells whether a set has been committed since it was changed last.
func (r *Repo) UpToDate(set string) (bool, error) {
	changed, err := mtime(r.at(sources, set, stampFile))
	if err != nil {
		return false, applet.System(err, "stat %s", r.at(sources, set, stampFile))
	}
	committed, err := mtime(r.at(compiled, set))
	if err == unix.ENOENT {
		return false, nil
	}
	if err != nil {
		return false, applet.System(err, "stat %s", r.at(compiled, set))
	}
	return committed.After(changed), nil
}

// Committed is the path of a set's database and the name of the directory it is in; "" if there is none.
func (r *Repo) Committed(set string) (path, dir string) {
	if dir = r.linkTo(compiled, set); dir == "" {
		return "", ""
	}
	return r.at(compiled, dir), dir
}
