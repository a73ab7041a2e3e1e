package overlay

import (
	"slices"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/overlay/layout"
	"s6box/rc/compile"
	"s6box/rc/source"
)

// userBundles are the bundles that images fill. They may be defined beside the services, even without a
// type, or in a directory of their own, or both: what any of them names counts.
var userBundles = [...]string{"user", "user2"}

// trees are the directories that the services of a container are defined in.
type trees struct{ services, bundles string }

func (s Settings) trees() trees {
	base := "/etc/s6-overlay"
	if s.Profile != "" {
		base = "/etc/cont-profile.d/" + s.Profile + "/s6-overlay"
	}
	t := trees{services: base + "/s6-rc.d", bundles: base + "/user-bundles.d"}
	if s.BundleDir != "" {
		t.bundles = s.BundleDir
	}
	return t
}

// compile compiles the services of the container.
func (l *life) compile(settings Settings) (*compile.Result, error) {
	t := settings.trees()
	dirs := []string{t.services, layout.Package + "/etc/s6-rc/sources"}
	dirs = slices.DeleteFunc(dirs, func(dir string) bool { there, err := sys.Exists(sys.AT, dir); return !there && err == nil })
	progress := func(verbosity int, text string) {
		if settings.Verbosity > verbosity {
			applet.Say(l.inv.Proc.Stderr(), "s6-rc-compile", "info", text)
		}
	}
	tree := source.Read(dirs, progress)
	defs, problems := t.merge(tree)
	result := compile.Compile(defs, compile.Options{Bindir: "/command", Progress: progress})
	problems = append(problems, result.Problems...)
	for _, p := range problems {
		level := [...]string{source.Notice: "info", source.Warning: "warning", source.Fatal: "fatal", source.System: "fatal"}[p.Severity]
		if p.Severity >= source.Fatal || settings.Verbosity >= 1 {
			applet.Say(l.inv.Proc.Stderr(), "s6-rc-compile", level, p.String())
		}
	}
	if source.Failed(problems) {
		return nil, applet.Fatal(1, "the services in %s can't be compiled, see above", t.services)
	}
	return result, nil
}

// merge replaces what the tree defines as user bundles by what both places say, and drops what is no problem
// in a container: a bundle without type, and no services at all.
func (t trees) merge(tree *source.Tree) ([]*source.Definition, []source.Problem) {
	problems := slices.DeleteFunc(slices.Clone(tree.Problems), func(p source.Problem) bool {
		if p.Severity < source.Fatal && p.At.File == t.services {
			return true
		}
		for _, name := range userBundles {
			dir := t.services + "/" + name
			if p.At.File == dir || strings.HasPrefix(p.At.File, dir+"/") {
				return true
			}
		}
		return false
	})
	defs := slices.DeleteFunc(slices.Clone(tree.Definitions), func(d *source.Definition) bool {
		return slices.Contains(userBundles[:], d.Name) && d.Dir == t.services+"/"+d.Name
	})
	for _, name := range userBundles {
		defs = append(defs, t.bundle(name))
	}
	return defs, problems
}

// bundle is a user bundle with the contents that both places name.
func (t trees) bundle(name string) *source.Definition {
	def := &source.Definition{Name: name, Dir: t.bundles + "/" + name, Kind: source.Bundle}
	seen := make(map[string]bool)
	for _, parent := range []string{t.bundles, t.services} {
		dir := parent + "/" + name
		if essential, _ := sys.Exists(sys.AT, dir+"/flag-essential"); essential {
			def.Essential = true
		}
		for _, ref := range contents(dir) {
			if !seen[ref.Name] {
				seen[ref.Name] = true
				def.Contents = append(def.Contents, ref)
			}
		}
	}
	return def
}

// contents are the services a bundle's directory names: those with a file in contents.d, or the lines of the
// older file contents.
func contents(dir string) []source.Ref {
	var refs []source.Ref
	names, err := sys.ReadDir(sys.AT, dir+"/contents.d")
	if err == nil {
		slices.Sort(names)
		for _, name := range names {
			if name[0] != '.' {
				refs = append(refs, source.Ref{Name: name, At: source.Place{File: dir + "/contents.d/" + name}})
			}
		}
		return refs
	}
	data, err := sys.ReadFile(sys.AT, dir+"/contents", 1<<20)
	if err != nil {
		return nil
	}
	for i, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			refs = append(refs, source.Ref{Name: line, At: source.Place{File: dir + "/contents", Line: i + 1}})
		}
	}
	return refs
}
