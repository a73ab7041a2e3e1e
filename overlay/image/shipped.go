package image

import (
	"slices"
	"strings"

	"s6box/execline/lex"
	"s6box/overlay/layout"
	"s6box/rc/source"
)

// syslogd is what the names of the services in the syslogd part begin with.
const syslogd = "syslogd"

// mentions tells whether a service depends on, or a bundle holds, one whose name has that beginning and that is
// not defined.
func mentions(defs []*source.Definition, prefix string) bool {
	if slices.ContainsFunc(defs, func(d *source.Definition) bool { return strings.HasPrefix(d.Name, prefix) }) {
		return false
	}
	has := func(refs []source.Ref) bool {
		return slices.ContainsFunc(refs, func(r source.Ref) bool { return strings.HasPrefix(r.Name, prefix) })
	}
	return slices.ContainsFunc(defs, func(d *source.Definition) bool { return has(d.Deps) || has(d.Contents) })
}

// shipped are the services of a part as it is installed, for a tree that is not in an image yet. Their places
// are those they will have there.
func shipped(part layout.Part) []*source.Definition {
	var defs []*source.Definition
	for _, e := range layout.Entries(part, func(string) bool { return false }) {
		dir, name, file, ok := definitionFile(e.Path)
		if !ok || slices.Contains(userBundles[:], name) {
			continue
		}
		if len(defs) == 0 || defs[len(defs)-1].Name != name {
			defs = append(defs, &source.Definition{Name: name, Dir: dir + name})
		}
		fill(defs[len(defs)-1], file, e.Text)
	}
	return defs
}

// definitionFile splits the path of a file of a definition.
func definitionFile(path string) (dir, name, file string, ok bool) {
	path = "/" + path
	for _, mark := range []string{"/etc/s6-rc/sources/", services + "/"} {
		if at := strings.Index(path, mark); at >= 0 {
			name, file, ok = strings.Cut(path[at+len(mark):], "/")
			return path[:at+len(mark)], name, file, ok
		}
	}
	return "", "", "", false
}

// fill puts one file into a definition.
func fill(def *source.Definition, file, text string) {
	at := source.Place{File: def.Dir + "/" + file}
	line := source.Ref{Name: strings.TrimSpace(text), At: at}
	if name, ok := strings.CutPrefix(file, "contents.d/"); ok {
		def.Contents = append(def.Contents, source.Ref{Name: name, At: at})
		return
	}
	if name, ok := strings.CutPrefix(file, "dependencies.d/"); ok {
		def.Deps = append(def.Deps, source.Ref{Name: name, At: at})
		return
	}
	switch file {
	case "type":
		def.Kind = map[string]source.Kind{"oneshot": source.Oneshot, "longrun": source.Longrun, "bundle": source.Bundle}[line.Name]
	case "up":
		def.Up, _ = lex.Parse([]byte(text))
	case "down":
		def.Down, _ = lex.Parse([]byte(text))
	case "run":
		def.Servicedir.Run = []byte(text)
	case "producer-for":
		def.Producer = &line
	case "consumer-for":
		def.Consumes = []source.Ref{line}
	case "pipeline-name":
		def.Pipeline = &line
	case "flag-essential":
		def.Essential = true
	}
}
