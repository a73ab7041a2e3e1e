// Package lint looks in service definitions for what compiles and yet goes wrong when the services run.
package lint

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"s6box/rc/db"
	"s6box/rc/source"
)

// Finding is something that is wrong, or likely to be.
type Finding struct {
	source.Problem
	Rule string // the check that found it; "" for what the compiler says
}

// Rules are the checks, a line each: the name and what it looks for.
const Rules = `  not-executable   a script without the exec bit
  shebang          a script without a #! line, or with something before it
  script           an up or down that is no command line but a script: s6-overlay does not run it
  crlf             DOS line ends in a script that is run as it is
  shell            syntax errors in scripts for sh and bash
  execline         what s6box check finds in execline scripts, and in up and down
  readonly         an assignment to UID, EUID or PPID, which bash refuses
  daemonizes       a longrun that goes to the background
  notification-fd  a notification-fd that run never mentions
  signal           a down-signal or reload-signal that is no signal
  user             a dependency on the bundle user or user2
  unreachable      a service of an image that nothing starts
  ignored          a file that has no meaning for a service of its type
  missing          what the tree does not hold: a script named in up or down, the run of a directory in services.d, or
                   an interpreter of ours in /usr/bin
`

// Names returns the names of the rules.
func Names() (names []string) {
	for line := range strings.Lines(Rules) {
		if line[2] != ' ' {
			names = append(names, strings.Fields(line)[0])
		}
	}
	return names
}

// Tree is what is looked at.
type Tree struct {
	Definitions []*source.Definition
	Started     *db.DB   // the database in which the bundle top is what an image starts; nil: not known
	Roots       []string // the directories that will be the root of the image, the uppermost layer first, if known
}

// Check looks at the definitions with every rule, except those left out.
func Check(t *Tree, without []string) []Finding {
	l := &linter{tree: t, without: without, read: make(map[*source.Definition][]file)}
	for _, d := range t.Definitions {
		l.definition(d)
	}
	if t.Started != nil {
		l.unreachable()
	}
	if len(t.Roots) > 0 {
		l.legacy()
	}
	return l.found
}

// Sort orders findings by file and line.
func Sort(found []Finding) {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(b.Severity, a.Severity))
	})
}

type linter struct {
	tree    *Tree
	read    map[*source.Definition][]file
	without []string
	found   []Finding
}

func (l *linter) warn(rule string, at source.Place, hint, format string, args ...any) {
	f := Finding{source.Problem{Severity: source.Warning, At: at, Text: fmt.Sprintf(format, args...), Hint: hint}, rule}
	if !slices.Contains(l.without, rule) && !slices.Contains(l.found, f) {
		l.found = append(l.found, f)
	}
}

// files are the entries of a definition's directory.
func (l *linter) files(d *source.Definition) []file {
	files, ok := l.read[d]
	if !ok {
		files = readFiles(append([]string{d.Dir}, d.Below...))
		l.read[d] = files
	}
	return files
}

func (l *linter) definition(d *source.Definition) {
	files := l.files(d)
	l.ignored(d, files)
	for _, ref := range d.Deps {
		if ref.Name == "user" || ref.Name == "user2" {
			l.warn("user", ref.At, "depend on base, or on the services that it needs",
				"%s depends on %s, the bundle of everything that the image starts: it would wait for services that may wait for it", d.Name, ref.Name)
		}
	}
	for _, f := range files {
		l.script(d, f)
		if d.Kind == source.Longrun && (f.name == "down-signal" || f.name == "reload-signal") {
			l.signal(f)
		}
	}
	if d.Kind == source.Longrun {
		l.notification(d)
	}
	if d.Kind == source.Oneshot {
		l.named(d, d.Up, "up")
		l.named(d, d.Down, "down")
	}
}

// meanings are the files of a definition by the types of services that they are for: o(neshot), l(ongrun), b(undle).
var meanings = [...]struct{ kinds, names string }{
	{"olb", "type flag-essential flag-recommended"},
	{"b", "contents contents.d"},
	{"ol", "dependencies dependencies.d timeout-up timeout-down run data env"},
	{"o", "up down reload"},
	{"l", "finish notification-fd lock-fd timeout-kill timeout-finish max-death-tally down-signal reload-signal flag-timeout-killpg flag-newpidns"},
	{"l", "producer-for consumer-for pipeline-name instance instances template"},
}

// meaning returns the types of services that a file is for; "" if it means nothing to any.
func meaning(file string) string {
	for _, m := range meanings {
		if slices.Contains(strings.Fields(m.names), file) {
			return m.kinds
		}
	}
	return ""
}

// knownFiles are all names that have a meaning.
func knownFiles() (names []string) {
	for _, m := range meanings {
		names = append(names, strings.Fields(m.names)...)
	}
	return names
}

// ignored looks for files that the compiler passes over though their names show that they are meant for it.
func (l *linter) ignored(d *source.Definition, files []file) {
	if d.Kind == source.Unknown {
		return
	}
	has := func(name string) bool { return slices.ContainsFunc(files, func(f file) bool { return f.name == name }) }
	for _, f := range files {
		at := source.Place{File: f.path}
		kinds := meaning(f.name)
		switch {
		case kinds == "":
			if near, ok := source.Nearest(f.name, knownFiles()); ok && !has(near) {
				l.warn("ignored", at, "did you mean "+near+"?", "%s means nothing", f.name)
			}
		case !strings.Contains(kinds, d.Kind.String()[:1]):
			l.warn("ignored", at, instead(d.Kind, f.name), "%s means nothing: %s is a %s", f.name, d.Name, d.Kind)
		case has(f.name + ".d"):
			l.warn("ignored", at, "", "%s means nothing beside %s.d", f.name, f.name)
		}
	}
}

// instead is what to use in place of a file that belongs to services of another type.
func instead(kind source.Kind, name string) string {
	switch {
	case kind == source.Longrun && name == "down":
		return "a longrun is started if a bundle or another service asks for it, and only then"
	case kind == source.Longrun && name == "up":
		return "a longrun has run, or should its type be oneshot?"
	case kind == source.Oneshot && name == "finish":
		return "what undoes a oneshot is its down"
	case kind == source.Bundle && (name == "dependencies" || name == "dependencies.d"):
		return "what a bundle holds is in contents.d; dependencies belong to those services"
	}
	return ""
}

// unreachable looks for services that an image defines and never starts.
func (l *linter) unreachable() {
	d := l.tree.Started
	set := make([]bool, len(d.Services))
	top, _ := d.Lookup("top")
	for _, n := range top {
		set[n] = true
	}
	d.Graph().Close(set)
	started := make(map[string]bool, len(set))
	for n, in := range set {
		started[d.Services[n].Name] = in
	}
	for _, def := range l.tree.Definitions {
		if def.Kind != source.Bundle && !started[def.Name] && !l.byHand(def.Name) {
			l.warn("unreachable", source.Place{File: def.Dir}, "put it into user/contents.d, or into the dependencies of another service",
				"%s is never started: neither user nor user2 holds it, and nothing that is started needs it", def.Name)
		}
	}
}

// byHand tells whether a script of the image starts or enables a service.
func (l *linter) byHand(name string) bool {
	files := l.elsewhere()
	for _, def := range l.tree.Definitions {
		files = append(files, l.files(def)...)
	}
	return slices.ContainsFunc(files, func(f file) bool {
		for line := range strings.Lines(string(f.text)) {
			if strings.Contains(line, name) && (strings.Contains(line, "s6-rc") || strings.Contains(line, "contents.d")) {
				return true
			}
		}
		return false
	})
}

// elsewhere are the scripts that images have beside their services.
func (l *linter) elsewhere() (files []file) {
	for _, dir := range []string{"etc/s6-overlay/scripts", "etc/cont-init.d"} {
		files = append(files, readFiles(l.places(dir))...)
	}
	return files
}

// places are where a path in the image may be found.
func (l *linter) places(name string) []string {
	places := make([]string, len(l.tree.Roots))
	for i, root := range l.tree.Roots {
		places[i] = path.Join(root, name)
	}
	return places
}
