package repo

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/source"
)

// contents is what the stores of a repository define together.
type contents struct {
	defs     []*source.Definition
	problems []source.Problem
	links    map[string]string // definition → target of its link in atomics or bundles
}

// CheckStores fails for words that cannot be stores: each must be the absolute path of a directory.
func CheckStores(paths []string) error {
	for _, path := range paths {
		if !strings.HasPrefix(path, "/") {
			return applet.Fatal(applet.ExitUsage, "%s is not an absolute path", path)
		}
	}
	for _, path := range paths {
		var st unix.Stat_t
		err := unix.Stat(path, &st)
		if err == nil && st.Mode&unix.S_IFMT != unix.S_IFDIR {
			err = unix.ENOTDIR
		}
		if err != nil {
			return applet.System(err, "stat %s", path)
		}
	}
	return nil
}

// linkStores makes a directory of links to stores, which is not in force yet.
func (r *Repo) linkStores(paths []string) (dir string, err error) {
	if dir, err = r.fresh(top, stores); err != nil {
		return "", err
	}
	for i, path := range paths {
		link := r.at(dir, fmt.Sprintf("%04x", i))
		if err := unix.Symlink(path, link); err != nil {
			return "", applet.System(err, "symlink %s", link)
		}
	}
	return dir, nil
}

// readStores reads what the stores linked in a directory define. A definition in a later store overrides one of the
// same name before, and what is wrong with that one does not matter.
func (r *Repo) readStores(dir string, e *Env) (*contents, error) {
	names, err := readDir(r.at(dir))
	if err != nil {
		return nil, err
	}
	c := &contents{links: map[string]string{}}
	found := map[string]origin{}
	for _, store := range names {
		path, err := os.Readlink(r.at(dir, store)) // the name the user knows
		if err != nil || path[0] != '/' {
			path = r.at(dir, store)
		}
		t := source.Read([]string{path}, e.Options.Progress)
		c.problems = append(c.problems, t.Problems...)
		for _, def := range t.Definitions {
			key := section(def) + "/" + def.Name
			if old, twice := found[key]; twice {
				e.say(1, "warning", "service %s provided in store %s; overridden by new definition in store %s", def.Name, old.store, store)
				c.drop(old.def)
			}
			found[key] = origin{def, store}
			c.defs = append(c.defs, def)
			c.links[key] = "../../" + stores + "/" + store + "/" + def.Name
		}
	}
	return c, nil
}

type origin struct {
	def   *source.Definition
	store string
}

// section is where the link to a definition is: bundles are apart from atomic services.
func section(def *source.Definition) string {
	if def.Kind == source.Bundle {
		return bundles
	}
	return atomics
}

// drop forgets a definition, and the problems with it.
func (c *contents) drop(def *source.Definition) {
	c.defs = slices.DeleteFunc(c.defs, func(d *source.Definition) bool { return d == def })
	c.problems = without(c.problems, def)
}

func without(problems []source.Problem, def *source.Definition) []source.Problem {
	return slices.DeleteFunc(problems, func(p source.Problem) bool {
		return p.At.File == def.Dir || strings.HasPrefix(p.At.File, def.Dir+"/")
	})
}

// untyped tells whether there is a definition of which nobody knows what it is.
func (c *contents) untyped() bool {
	return slices.ContainsFunc(c.defs, func(d *source.Definition) bool { return d.Kind == source.Unknown })
}

// link makes a directory of links to the definitions of a section, which is not in force yet.
func (r *Repo) link(sect string, c *contents) (dir string, err error) {
	if dir, err = r.fresh(sources, sect); err != nil {
		return "", err
	}
	for key, target := range c.links {
		name, ok := strings.CutPrefix(key, sect+"/")
		if !ok {
			continue
		}
		path := r.at(sources, dir, name)
		if err := unix.Symlink(target, path); err != nil {
			return "", applet.System(err, "symlink %s", path)
		}
	}
	return dir, nil
}

// storesDir is the directory of links to the stores that is in force.
func (r *Repo) storesDir() (string, error) {
	if dir := r.linkTo(top, stores); dir != "" {
		return dir, nil
	}
	_, err := sys.Exists(sys.AT, r.at(stores))
	if err == nil {
		err = unix.ENOENT
	}
	return "", applet.SystemCode(ExitInconsistent, err, "readlink %s", r.at(stores))
}
