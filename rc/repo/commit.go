package repo

import (
	"os"
	"slices"

	"s6box/internal/applet"
	"s6box/rc/db"
	"s6box/rc/repo/prescription"
	"s6box/rc/source"
)

// Commit compiles a set, with a bundle of all that is to be up, and puts the database in the place of the one before.
// It returns the path of that one if keep is set and there was one.
func (r *Repo) Commit(set, bundle string, keep bool, e *Env) (old string, err error) {
	ref, err := r.Reference()
	if err != nil {
		return "", err
	}
	s, err := r.ReadSet(set)
	if err != nil {
		return "", err
	}
	rx, err := r.Prescriptions(set, s, ref)
	if err != nil {
		return "", err
	}
	if err := inconsistent(set, ref, rx); err != nil {
		return "", err
	}
	for _, sect := range []string{atomics, bundles} {
		if target, err := os.Readlink(r.at(sources, sect, bundle)); err == nil {
			return "", applet.Fatal(applet.ExitSystem, "bundle %s is already defined at %s (-D gives the default bundle another name)", bundle, target)
		}
	}
	defs, problems := r.unmasked(ref, rx, e)
	defs = append(defs, defaultBundle(bundle, r.at(sources, set), ref, rx))
	dir, _, err := r.compile(set, defs, problems, e)
	if err != nil {
		return "", err
	}
	if err := r.outdate(set, dir); err != nil {
		return "", err
	}
	return r.swap(compiled, set, dir, keep)
}

// outdate makes a new database later than the last change of its set, however coarse the clock is.
func (r *Repo) outdate(set, dir string) error {
	changed, err := mtime(r.at(sources, set, stampFile))
	if err != nil {
		return applet.System(err, "stat %s", r.at(sources, set, stampFile))
	}
	committed, err := mtime(r.at(compiled, dir))
	if err == nil && committed.After(changed) {
		return nil
	}
	return setMtime(r.at(compiled, dir), changed.Add(1))
}

// unmasked returns the definitions of a set's database: not those of masked services, nor of bundles with one in them.
func (r *Repo) unmasked(ref *db.DB, rx []prescription.RX, e *Env) (defs []*source.Definition, problems []source.Problem) {
	dirs := []string{r.at(sources, atomics), r.at(sources, bundles)}
	tree := source.Read(dirs, e.Options.Progress)
	problems = slices.DeleteFunc(tree.Problems, func(p source.Problem) bool {
		return p.Severity < source.Fatal && slices.Contains(dirs, p.At.File) // that it is empty
	})
	for _, def := range tree.Definitions {
		numbers, known := ref.Lookup(def.Name)
		if known && !slices.ContainsFunc(numbers, func(n int) bool { return rx[n] == prescription.Masked }) {
			defs = append(defs, def)
		} else {
			problems = without(problems, def)
		}
	}
	return defs, problems
}

func defaultBundle(name, dir string, ref *db.DB, rx []prescription.RX) *source.Definition {
	def := &source.Definition{Name: name, Dir: dir, Kind: source.Bundle}
	for n, x := range rx {
		if x >= prescription.Active && !internal(n) {
			def.Contents = append(def.Contents, source.Ref{Name: ref.Services[n].Name, At: source.Place{File: dir}})
		}
	}
	return def
}

// inconsistent is the error for a set that has conflicts; it names the first.
func inconsistent(set string, ref *db.DB, rx []prescription.RX) error {
	all := prescription.Conflicts(ref, rx)
	if len(all) == 0 {
		return nil
	}
	c := all[0]
	return applet.Fatal(ExitFailed, "unable to commit: found inconsistent dependencies (%s is %s and needs %s, which is %s; s6-rc-set-fix %s puts it right)",
		ref.Services[c.Service].Name, rx[c.Service], ref.Services[c.Other].Name, rx[c.Other], set)
}
