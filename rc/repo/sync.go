package repo

import (
	"fmt"

	"s6box/internal/applet"
	"s6box/rc/db"
)

func (e *Env) say(verbosity uint64, level, format string, args ...any) {
	e.Say(verbosity, level, fmt.Sprintf(format, args...))
}

// SetStores makes paths the stores of the repository and does nothing else.
func (r *Repo) SetStores(paths []string) error {
	dir, err := r.linkStores(paths)
	if err == nil {
		_, err = r.swap(top, stores, dir, false)
	}
	return err
}

// change is everything a synchronisation has written and not yet put in force.
type change struct{ stores, atomics, bundles, reference string }

// Sync makes the reference database of what is in the stores, and every set hold these services. With paths, they
// become the stores. Nothing is changed if the definitions can't be compiled.
func (r *Repo) Sync(paths []string, e *Env) error {
	c, ref, err := r.prepare(paths, e)
	if err != nil {
		r.Sweep()
		return err
	}
	sets, err := r.synced(ref, e)
	if err != nil {
		return err
	}
	if err := r.enforce(c); err != nil {
		return err
	}
	for _, s := range sets {
		if err := r.WriteSet(s.name, s.set); err != nil {
			return err
		}
	}
	return nil
}

// prepare writes all but the sets.
func (r *Repo) prepare(paths []string, e *Env) (c change, ref *db.DB, err error) {
	if paths == nil {
		c.stores, err = r.storesDir()
	} else {
		c.stores, err = r.linkStores(paths)
	}
	if err != nil {
		return c, nil, err
	}
	all, err := r.readStores(c.stores, e)
	if err != nil {
		return c, nil, err
	}
	if c.reference, ref, err = r.compile(reference, all.defs, all.problems, e); err != nil {
		if all.untyped() {
			err = applet.Exit(applet.ExitSystem)
		}
		return c, nil, err
	}
	if c.atomics, err = r.link(atomics, all); err != nil {
		return c, nil, err
	}
	c.bundles, err = r.link(bundles, all)
	return c, ref, err
}

// enforce puts in force what was written.
func (r *Repo) enforce(c change) error {
	for _, l := range []struct{ sub, name, dir string }{
		{top, stores, c.stores},
		{sources, atomics, c.atomics},
		{sources, bundles, c.bundles},
		{compiled, reference, c.reference},
	} {
		if r.linkTo(l.sub, l.name) == l.dir {
			continue
		}
		if _, err := r.swap(l.sub, l.name, l.dir, false); err != nil {
			return err
		}
	}
	return nil
}

type namedSet struct {
	name string
	set  Set
}

// synced returns every set as it is to be: with all services of the reference database and no others.
func (r *Repo) synced(ref *db.DB, e *Env) ([]namedSet, error) {
	names, err := r.Sets()
	if err != nil {
		return nil, err
	}
	first := NewSet(ref)
	var all []namedSet
	for _, name := range names {
		old, err := r.ReadSet(name)
		if err != nil {
			return nil, err
		}
		s := Set{}
		for _, service := range first.Services() {
			x, known := old[service]
			if !known {
				x = first[service]
				e.say(2, "info", "service %s is new, added to rx %s of set %s", service, x, name)
			}
			s[service] = x
		}
		for _, service := range old.Services() {
			if _, still := s[service]; !still {
				e.say(2, "info", "service %s does not exist anymore, removed from rx %s of set %s", service, old[service], name)
			}
		}
		all = append(all, namedSet{name, s})
	}
	return all, nil
}
