package repo

import (
	"maps"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/rc/repo/prescription"
)

// Set is the prescription of every service, by name.
type Set map[string]prescription.RX

// Services returns the names of the services in a set, sorted.
func (s Set) Services() []string { return slices.Sorted(maps.Keys(s)) }

// Sets returns the names of all sets, sorted.
func (r *Repo) Sets() ([]string, error) {
	names, err := readDir(r.at(sources))
	return slices.DeleteFunc(names, func(name string) bool { return name[0] == '.' || !r.Exists(name) }), err
}

// Exists tells whether there is a set of that name.
func (r *Repo) Exists(set string) bool { return r.linkTo(sources, set) != "" }

// NoSet is the error for a set that does not exist, with the exit code of the command.
func (r *Repo) NoSet(code int, set string) error {
	return applet.Fatal(code, "set %s does not exist in repository %s", set, r.Path)
}

// ReadSet reads a set that exists.
func (r *Repo) ReadSet(set string) (Set, error) {
	s := Set{}
	for x := range prescription.RX(prescription.Count) {
		dir := r.at(sources, set, x.String())
		names, err := sys.ReadDir(sys.AT, dir)
		if err == unix.ENOENT {
			return nil, applet.SystemCode(ExitInconsistent, err, "opendir %s", dir)
		}
		if err != nil {
			return nil, applet.System(err, "opendir %s", dir)
		}
		for _, name := range names {
			if name[0] == '.' {
				continue
			}
			if other, twice := s[name]; twice {
				return nil, applet.Fatal(ExitInconsistent, "service %s is both %s and %s in set %s of repository %s", name, other, x, set, r.Path)
			}
			s[name] = x
		}
	}
	return s, nil
}

// WriteSet makes a set, in place of one of the same name.
func (r *Repo) WriteSet(set string, s Set) error {
	dir, err := r.buildSet(set, s)
	if err != nil {
		return err
	}
	_, err = r.swap(sources, set, dir, false)
	return err
}

// buildSet writes a set into a directory of its own, which no link points to yet.
func (r *Repo) buildSet(set string, s Set) (dir string, err error) {
	if dir, err = r.fresh(sources, set); err != nil {
		return "", err
	}
	for x := range prescription.RX(prescription.Count) {
		path := r.at(sources, dir, x.String())
		if err := unix.Mkdir(path, dirMode); err != nil {
			return "", applet.System(err, "mkdir %s", path)
		}
	}
	for name, x := range s {
		path := r.at(sources, dir, x.String(), name)
		if err := unix.Symlink("../../"+atomics+"/"+name, path); err != nil {
			return "", applet.System(err, "symlink %s", path)
		}
	}
	return dir, r.stamp(set, r.at(sources, dir, stampFile))
}

// stamp makes the file that says when a set was changed: now, and later than it was committed.
func (r *Repo) stamp(set, path string) error {
	if err := sys.Create(sys.AT, path, nil, 0o644); err != nil {
		return applet.System(err, "create %s", path)
	}
	now := time.Now()
	if committed, err := mtime(r.at(compiled, set)); err == nil && !now.After(committed) {
		now = committed.Add(1)
	}
	return setMtime(path, now)
}

func mtime(path string) (time.Time, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return time.Time{}, err
	}
	return time.Unix(st.Mtim.Unix()), nil
}

func setMtime(path string, t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err == nil {
		err = unix.UtimesNanoAt(sys.AT, path, []unix.Timespec{ts, ts}, 0)
	}
	if err != nil {
		return applet.System(err, "set the time of %s", path)
	}
	return nil
}

// NewSet gives every service of the reference database its first prescription.
func NewSet(ref *db.DB) Set {
	s := Set{}
	for n := range ref.Services {
		if !internal(n) {
			s[ref.Services[n].Name] = initial(ref.Services[n].Flags)
		}
	}
	return s
}

func initial(flags uint32) prescription.RX {
	switch {
	case flags&db.Essential != 0:
		return prescription.Always
	case flags&db.Recommended != 0:
		return prescription.Active
	}
	return prescription.Usable
}

// Prescriptions returns those of a set by service number. The services that are part of s6-rc are always up.
func (r *Repo) Prescriptions(set string, s Set, ref *db.DB) ([]prescription.RX, error) {
	rx := make([]prescription.RX, len(ref.Services))
	for n := range rx {
		name := ref.Services[n].Name
		x, ok := s[name]
		if internal(n) {
			x, ok = prescription.Always, true
		}
		if !ok {
			return nil, applet.Fatal(ExitInconsistent, "inconsistent view in set %s of repository %s: service %s is defined in the reference database but not in the set (s6-rc-repo-sync adds it)", set, r.Path, name)
		}
		rx[n] = x
	}
	return rx, nil
}

// internal tells whether a service is one of those that s6-rc adds to every database.
func internal(n int) bool { return n < 2 }

// DeleteSet deletes a set and its database, as far as they are there.
func (r *Repo) DeleteSet(set string) error {
	for _, sub := range []string{sources, compiled} {
		dir := r.linkTo(sub, set)
		if dir == "" {
			continue
		}
		if err := r.doom(sub, dir); err != nil {
			return err
		}
		if err := unix.Unlink(r.at(sub, set)); err != nil {
			return applet.System(err, "unlink %s", r.at(sub, set))
		}
		if err := r.bury(sub); err != nil {
			return err
		}
	}
	return nil
}
