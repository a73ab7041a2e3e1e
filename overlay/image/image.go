// Package image finds the service definitions of an image: its own source directories, the overlay's, and the
// user bundles, which images fill in two places.
package image

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/overlay/layout"
	"s6box/rc/source"
)

// userBundles are the bundles that images fill. They may be defined beside the services, even without a
// type, or in a directory of their own, or both: what any of them names counts.
var userBundles = [...]string{"user", "user2"}

// Sources are the directories that the services of a container are defined in.
type Sources struct {
	Services []string // source directories of the image
	Bundles  []string // the directories for user bundles alone
	Overlay  string   // the overlay's own source directory; "" for what we install
	Optional bool     // directories of Services need not be there
	Layers   bool     // directories of Services lie over each other, the first one at the bottom
}

// services is where an image has its services, below its root.
const services = "/etc/s6-overlay/s6-rc.d"

// overlaySources is where an image has the overlay's own.
const overlaySources = layout.Package + "/etc/s6-rc/sources"

// At returns the sources of the image with that root directory; "" is the image we run in.
func At(root string) Sources {
	s := Of([]string{root + services})
	if own := root + overlaySources; exists(own) {
		s.Overlay = own
	}
	return s
}

// Of returns the sources of an image whose services are in the directories given, which may be anywhere.
func Of(dirs []string) Sources {
	s := Sources{Services: dirs}
	for _, dir := range dirs {
		s.Bundles = append(s.Bundles, path.Dir(path.Clean(dir))+"/user-bundles.d")
	}
	return s
}

// Guess returns the sources that directories named by people stand for: the root of an image, a directory like
// /etc/s6-overlay, or source directories. Several roots are layers of one image, the first one at the bottom. ok is
// false if those are plain ones that have nothing to do with an image.
func Guess(dirs []string) (s Sources, ok bool) {
	dirs = slices.Clone(dirs)
	legacy := false
	for i, dir := range dirs {
		switch {
		case exists(dir + services):
			dirs[i] = path.Clean(dir + services)
		case exists(dir + "/" + path.Base(services)):
			dirs[i] = path.Clean(dir + "/" + path.Base(services))
		case hasLegacy(dir):
			dirs[i], legacy = path.Clean(dir+services), true
		}
	}
	s = Of(dirs)
	s.Optional = legacy
	roots := s.Roots()
	for _, root := range roots {
		if own := path.Join(root, overlaySources); exists(own) {
			s.Overlay = own
		}
	}
	s.Layers = len(roots) == len(dirs)
	return s, slices.ContainsFunc(dirs, isServices)
}

// hasLegacy tells whether a directory is the root of an image that has other things for the overlay to run.
func hasLegacy(root string) bool {
	return slices.ContainsFunc([]string{"cont-init.d", "cont-finish.d", "services.d"}, func(dir string) bool { return exists(root + "/etc/" + dir) })
}

// Roots returns the directories that are the roots of images, the uppermost layer first; those of Services that are
// not at their place in one have none.
func (s Sources) Roots() (roots []string) {
	for _, dir := range slices.Backward(s.Services) {
		root, ok := strings.CutSuffix(path.Clean(dir), services[1:])
		switch {
		case !ok || root != "" && !strings.HasSuffix(root, "/"):
		case root == "":
			roots = append(roots, ".")
		default:
			roots = append(roots, path.Clean(root))
		}
	}
	return roots
}

// isServices tells whether a source directory is one of an image: by its name, or since it has a user bundle and
// no base of its own.
func isServices(dir string) bool {
	if exists(dir + "/base/type") {
		return false
	}
	return path.Base(path.Clean(dir)) == path.Base(services) || slices.ContainsFunc(userBundles[:], func(name string) bool {
		return exists(dir+"/"+name+"/contents.d") || exists(dir+"/"+name+"/contents")
	})
}

func exists(path string) bool {
	ok, _ := sys.Exists(sys.AT, path)
	return ok
}

// Read reads all definitions. progress is that of source.Read.
func (s Sources) Read(progress func(verbosity int, text string)) ([]*source.Definition, []source.Problem) {
	var dirs []string
	for _, dir := range s.Services {
		if there, err := sys.Exists(sys.AT, dir); there || err != nil || !s.Optional {
			dirs = append(dirs, dir)
		}
	}
	read := source.Read
	if s.Layers {
		read = source.ReadLayers
	}
	tree := read(dirs, progress)
	if s.Overlay != "" {
		own := source.Read([]string{s.Overlay}, progress)
		tree.Definitions = append(tree.Definitions, own.Definitions...)
		tree.Problems = append(tree.Problems, own.Problems...)
	}
	defs, problems := s.merge(tree)
	if s.Overlay == "" {
		defs = append(defs, shipped(layout.Noarch)...)
		if mentions(defs, syslogd) {
			defs = append(defs, shipped(layout.Syslogd)...)
		}
	}
	return defs, problems
}

// merge replaces what the tree defines as user bundles by what both places say, and drops what is no problem
// in a container: a bundle without type, and no services at all.
func (s Sources) merge(tree *source.Tree) ([]*source.Definition, []source.Problem) {
	problems := slices.DeleteFunc(slices.Clone(tree.Problems), func(p source.Problem) bool {
		return p.Severity < source.Fatal && slices.Contains(s.Services, p.At.File) || s.ofUserBundle(p.At.File)
	})
	defs := slices.DeleteFunc(slices.Clone(tree.Definitions), func(d *source.Definition) bool { return s.ofUserBundle(d.Dir) })
	for _, name := range userBundles {
		def, bad := s.bundle(name)
		defs = append(defs, def)
		for _, p := range bad {
			if !slices.Contains(problems, p) { // what can't be read is told of once
				problems = append(problems, p)
			}
		}
	}
	return defs, problems
}

// ofUserBundle tells whether a file is a user bundle beside the services, or in one.
func (s Sources) ofUserBundle(file string) bool {
	for _, parent := range s.Services {
		for _, name := range userBundles {
			dir := parent + "/" + name
			if file == dir || strings.HasPrefix(file, dir+"/") {
				return true
			}
		}
	}
	return false
}

// bundle is a user bundle with the contents that all places name.
func (s Sources) bundle(name string) (*source.Definition, []source.Problem) {
	var problems []source.Problem
	def := &source.Definition{Name: name, Dir: s.Bundles[0] + "/" + name, Kind: source.Bundle}
	seen := make(map[string]bool)
	for _, parent := range slices.Concat(s.Bundles, s.Services) {
		dir := parent + "/" + name
		def.Essential = def.Essential || exists(dir+"/flag-essential")
		refs, bad := contents(dir)
		problems = append(problems, bad...)
		for _, ref := range refs {
			if !seen[ref.Name] {
				seen[ref.Name] = true
				def.Contents = append(def.Contents, ref)
			}
		}
	}
	return def, problems
}

// contents are the services a bundle's directory names: those with a file in contents.d, or the lines of the
// older file contents. A directory that is not there names none; one that can't be read is a problem.
func contents(dir string) (refs []source.Ref, problems []source.Problem) {
	names, err := sys.ReadDir(sys.AT, dir+"/contents.d")
	if err == nil {
		slices.Sort(names)
		for _, name := range names {
			if name[0] != '.' {
				refs = append(refs, source.Ref{Name: name, At: source.Place{File: dir + "/contents.d/" + name}})
			}
		}
		return refs, nil
	}
	if p, bad := unreadable("opendir", dir, "contents.d", err); bad {
		return nil, []source.Problem{p}
	}
	data, err := sys.ReadFile(sys.AT, dir+"/contents", 1<<20)
	if p, bad := unreadable("read", dir, "contents", err); bad {
		return nil, []source.Problem{p}
	}
	for i, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			refs = append(refs, source.Ref{Name: line, At: source.Place{File: dir + "/contents", Line: i + 1}})
		}
	}
	return refs, nil
}

// unreadable is the problem with a file of a bundle's directory that can't be read; bad is false if there is none since
// the file, or the directory, is not there.
func unreadable(verb, dir, name string, err error) (p source.Problem, bad bool) {
	if err == nil {
		return p, false
	}
	file := dir + "/" + name
	hint := source.Hint(err)
	switch {
	case err == unix.ENOENT && dangling(dir):
		file = dir
	case err == unix.ENOENT && !dangling(file):
		return p, false
	case err == unix.ENOTDIR:
		hint = source.ContentsHint
	case err == unix.EACCES:
		var st unix.Stat_t
		for dir := path.Dir(file); unix.Stat(dir, &st) == unix.EACCES; dir = path.Dir(dir) {
			file, verb = dir, "opendir"
		}
	}
	return source.Problem{Severity: source.System, At: source.Place{File: file},
		Text: "unable to " + verb + " " + file + ": " + applet.Reason(err), Hint: hint}, true
}

// dangling tells whether a file is a symbolic link to nowhere.
func dangling(file string) bool {
	var st unix.Stat_t
	return unix.Lstat(file, &st) == nil && unix.Stat(file, &st) == unix.ENOENT
}
