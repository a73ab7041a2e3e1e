package source

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/workers"
)

// Tree is what source directories hold.
type Tree struct {
	Definitions []*Definition // in the order of the directories, by name in each
	Problems    []Problem
	Read        int // how many source directories were read

	progress func(verbosity int, text string) // may be nil
}

// Read reads every definition in the source directories, which are taken as they are named: a relative one
// from the working directory. progress, if not nil, is told of each step: "adding sources from …" at
// verbosity 2, "parsing …" at 3.
func Read(dirs []string, progress func(verbosity int, text string)) *Tree {
	t := &Tree{progress: progress}
	for _, path := range dirs {
		t.eachIn(path, func(t *Tree, d *dir, name string) {
			t.told(3, "parsing "+d.path)
			t.readDefinition(d, name, path)
		})
	}
	return t
}

// ReadLayers is Read for source directories that lie over each other, the first one at the bottom: what they define
// under the same name is one definition, and a file hides the one of the same name below it.
func ReadLayers(dirs []string, progress func(verbosity int, text string)) *Tree {
	t := &Tree{progress: progress}
	var mu sync.Mutex
	layers := make(map[string][]string) // the directories of each definition
	for _, path := range dirs {
		t.eachIn(path, func(_ *Tree, d *dir, name string) {
			d.close()
			mu.Lock()
			defer mu.Unlock()
			layers[name] = append(layers[name], d.path)
		})
	}
	names := slices.Sorted(maps.Keys(layers))
	t.collect(len(names), func(t *Tree, i int) { t.readLayers(names[i], layers[names[i]]) })
	return t
}

// readLayers reads the definition that lies in the directories dirs, the lowest of which comes first.
func (t *Tree) readLayers(name string, dirs []string) {
	var d *dir
	for _, path := range dirs {
		t.told(3, "parsing "+path)
		layer, err := open(sys.AT, path, path)
		if err != nil {
			t.add(Problem{Severity: System, At: Place{File: path}, Text: "unable to open " + path + ": " + applet.Reason(err)})
			continue
		}
		layer.below = d
		d = layer
	}
	if d != nil {
		t.readDefinition(d, name, filepath.Dir(d.path))
	}
}

// eachIn calls f for every definition directory in a source directory, from several goroutines. Each call has a Tree
// for what it finds, which in the end is part of t in the order of the names.
func (t *Tree) eachIn(path string, f func(t *Tree, d *dir, name string)) {
	t.told(2, "adding sources from "+path)
	src, err := open(sys.AT, path, path)
	if err == nil {
		defer src.close()
		src.entries, err = list(src.fd)
	}
	if err != nil {
		t.add(Problem{Severity: System, At: Place{File: path}, Text: "unable to opendir " + path + ": " + applet.Reason(err), Hint: hintIf(err != unix.ENOENT, Hint(err))})
		return
	}
	t.Read++
	var found atomic.Bool
	t.collect(len(src.entries), func(t *Tree, i int) {
		name := src.entries[i].Name
		at := path + "/" + name
		d, err := open(src.fd, name, at)
		if err == unix.ENOTDIR {
			return
		}
		found.Store(true)
		if err != nil {
			t.add(Problem{Severity: System, At: Place{File: at}, Text: "unable to stat " + at + ": " + applet.Reason(err), Hint: Hint(err)})
			return
		}
		f(t, d, name)
	})
	if !found.Load() {
		t.add(Problem{Severity: Warning, At: Place{File: path}, Text: "source " + path + " is empty"})
	}
}

// collect calls read for 0 to n-1 from several goroutines, each time with a Tree of its own, and adds what these trees
// hold in their order.
func (t *Tree) collect(n int, read func(t *Tree, i int)) {
	type step struct {
		verbosity int
		text      string
	}
	parts, steps := make([]Tree, n), make([][]step, n)
	workers.Each(n, func(i int) {
		if t.progress != nil {
			parts[i].progress = func(verbosity int, text string) { steps[i] = append(steps[i], step{verbosity, text}) }
		}
		read(&parts[i], i)
	})
	for i := range parts {
		t.Definitions = append(t.Definitions, parts[i].Definitions...)
		t.Problems = append(t.Problems, parts[i].Problems...)
		for _, s := range steps[i] {
			t.told(s.verbosity, s.text)
		}
	}
}

// told tells of a step.
func (t *Tree) told(verbosity int, text string) {
	if t.progress != nil {
		t.progress(verbosity, text)
	}
}

// readDefinition reads a definition, and closes its directory.
func (t *Tree) readDefinition(d *dir, name, source string) {
	defer d.close()
	def := &Definition{Name: name, Dir: d.path}
	r := &reader{Tree: t, d: d, def: def}
	for l := d; l != nil; l = l.below {
		var err error
		if l.entries, err = list(l.fd); err != nil {
			t.add(Problem{Severity: System, At: Place{File: l.path}, Text: "unable to readdir " + l.path + ": " + applet.Reason(err)})
			return
		}
		r.dangling(l)
		if l != d {
			def.Below = append(def.Below, l.path)
		}
	}
	if Reserved(name) {
		r.fatal(Place{File: d.path}, "", "in %s: identifier %s starts with reserved prefix", source, name)
	}
	if strings.Contains(name, "\n") {
		r.fatal(Place{File: d.path}, "it is "+Show(name), "subdirectory of %s contains a newline character", source)
	}
	r.definition()
	t.Definitions = append(t.Definitions, r.def)
}

// dangling leaves out the symbolic links that lead nowhere, as if they were not there.
func (r *reader) dangling(l *dir) {
	l.entries = slices.DeleteFunc(l.entries, func(e sys.Entry) bool {
		if e.Type != unix.DT_LNK {
			return false
		}
		nowhere := unix.Fstatat(l.fd, e.Name, &unix.Stat_t{}, 0) == unix.ENOENT
		if nowhere {
			r.lost = append(r.lost, e.Name)
			at := Place{File: l.path + "/" + e.Name}
			r.warn(at, "%s is a symbolic link that leads nowhere: it is left out", at)
		}
		return nowhere
	})
}

func (t *Tree) add(p Problem) { t.Problems = append(t.Problems, p) }

// Hint is what an error about a file that is there suggests to look at.
func Hint(err error) string {
	switch err {
	case unix.ENOENT:
		return "a symbolic link that leads nowhere"
	case unix.ELOOP:
		return "symbolic links that lead to each other"
	case unix.EACCES:
		return "uid " + strconv.Itoa(unix.Geteuid()) + " may not read it"
	case unix.EISDIR, unix.EINVAL:
		return "it has to be a regular file"
	case unix.ENOTDIR:
		return "it has to be a directory"
	}
	return ""
}

func hintIf(ok bool, hint string) string {
	if ok {
		return hint
	}
	return ""
}

// reader reads one definition directory.
type reader struct {
	*Tree
	d    *dir
	def  *Definition
	crlf bool     // said that there are DOS line ends
	lost []string // names that are links that lead nowhere
}

func (r *reader) fatal(at Place, hint, format string, args ...any) {
	r.add(Problem{Severity: Fatal, At: at, Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (r *reader) warn(at Place, format string, args ...any) {
	r.add(Problem{Severity: Warning, At: at, Text: fmt.Sprintf(format, args...)})
}

func (r *reader) notice(at Place, hint, format string, args ...any) {
	r.add(Problem{Severity: Notice, At: at, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// unreadable reports a file of the definition that can't be read. An empty hint stands for what the error suggests.
func (r *reader) unreadable(verb, name string, err error, hint string) {
	path := r.path(name)
	if hint == "" || slices.Contains(r.lost, name) {
		hint = Hint(err)
	}
	r.add(Problem{Severity: System, At: Place{File: path}, Text: "unable to " + verb + " " + path + ": " + applet.Reason(err), Hint: hint})
}

func (r *reader) path(name string) string { return r.d.layer(name).path + "/" + name }

// text returns the content of a small file with Unix line ends; ok is false, and the reason is reported, when
// it can't be read.
func (r *reader) text(name string) (text string, ok bool) { return r.textTo("read", name) }

// textTo is text with another word for what can't be done.
func (r *reader) textTo(verb, name string) (text string, ok bool) {
	data, err := r.d.read(name)
	if err != nil {
		r.unreadable(verb, name, err, "")
		return "", false
	}
	return r.unix(name, string(data)), true
}

// bom is what some editors put before a text.
const bom = "\ufeff"

// unix returns text with Unix line ends and no byte order mark, and says that it was otherwise.
func (r *reader) unix(name, text string) string {
	if rest, has := strings.CutPrefix(text, bom); has {
		r.warn(Place{File: r.path(name)}, "%s begins with a byte order mark: it is left out", r.path(name))
		text = rest
	}
	if !strings.Contains(text, "\r\n") {
		if !strings.HasSuffix(text, "\r") {
			return text
		}
		text = text[:len(text)-1]
	}
	if !r.crlf {
		r.crlf = true
		r.warn(Place{File: r.path(name)}, "%s has DOS line ends (CRLF): they are taken as Unix ones", r.path(name))
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

func (r *reader) definition() {
	r.kind()
	d := r.def
	if d.Kind != Unknown {
		r.told(3, d.Name+" has type "+d.Kind.String())
	}
	d.Essential = r.d.has("flag-essential")
	d.Recommended = r.d.has("flag-recommended")
	switch d.Kind {
	case Bundle:
		d.Contents = r.refs("contents")
	case Oneshot:
		r.atomic()
		r.oneshot()
	case Longrun:
		r.atomic()
		r.longrun()
	}
}

func (r *reader) kind() {
	if !r.d.has("type") {
		r.unreadable("read", "type", unix.ENOENT, r.missingType())
		return
	}
	text, ok := r.text("type")
	if !ok {
		return
	}
	word, _, _ := strings.Cut(text, "\n")
	switch word {
	case "oneshot":
		r.def.Kind = Oneshot
	case "longrun":
		r.def.Kind = Longrun
	case "bundle":
		r.def.Kind = Bundle
	default:
		hint := "line 1 says " + Show(word)
		if near, ok := Nearest(strings.ToLower(strings.TrimSpace(word)), []string{"oneshot", "longrun", "bundle"}); ok {
			hint += "; did you mean " + near + "?"
		}
		r.fatal(Place{r.path("type"), 1}, hint, "invalid %s: must be oneshot, longrun, or bundle", r.path("type"))
	}
}

// missingType guesses what a definition without a type was meant to be.
func (r *reader) missingType() string {
	for _, sign := range []struct{ file, kind string }{
		{"contents.d", "bundle"}, {"contents", "bundle"}, {"run", "longrun"}, {"up", "oneshot"},
	} {
		if r.d.has(sign.file) {
			return "with a " + sign.file + " it looks like a " + sign.kind + ": write " + sign.kind + " into the file type"
		}
	}
	return "write oneshot, longrun or bundle into the file type"
}
