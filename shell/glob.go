package shell

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/shell/pattern"
)

// glob expands a field to the path names it matches, or to itself as the options say.
func (sh *Shell) glob(f *field) ([]string, error) {
	text := f.pattern()
	mode := pattern.Mode(0)
	if sh.opts.shopted("extglob") {
		mode |= pattern.ExtGlob
	}
	if !hasMeta(text, mode) && !(mode != 0 && strings.Contains(text, "(")) {
		return []string{f.String()}, nil
	}
	mode |= sh.charMode()
	if sh.opts.shopted("nocaseglob") {
		mode |= pattern.NoCase
	}
	names := sh.globber(mode).expand(text)
	if ignore := sh.value("GLOBIGNORE"); ignore != "" {
		names = slices.DeleteFunc(names, func(name string) bool { return ignored(name, ignore, mode) })
	}
	switch {
	case len(names) > 0:
		slices.Sort(names)
		return names, nil
	case sh.opts.shopted("failglob"):
		return nil, &failure{msg: "no match: " + f.String(), code: 1, soft: true}
	case sh.opts.shopted("nullglob"):
		return nil, nil
	}
	return []string{f.String()}, nil
}

// hasMeta tells whether a part of a path is a pattern. A slash ends a bracket.
func hasMeta(text string, mode pattern.Mode) bool {
	return pattern.HasMeta(text, mode) && slices.ContainsFunc(splitPath(text), func(part string) bool { return pattern.HasMeta(part, mode) })
}

// ignored tells whether one of the patterns of GLOBIGNORE matches a path. No wildcard matches a slash.
func ignored(path, patterns string, mode pattern.Mode) bool {
	for p := range strings.SplitSeq(patterns, ":") {
		if strings.Count(p, "/") == strings.Count(path, "/") && matchPath(strings.Split(p, "/"), strings.Split(path, "/"), mode) {
			return true
		}
	}
	return false
}

func matchPath(patterns, parts []string, mode pattern.Mode) bool {
	for i, p := range patterns {
		if !pattern.Match(p, parts[i], mode) {
			return false
		}
	}
	return true
}

// globber finds files as the options of the shell say. GLOBIGNORE has hidden files matched, too.
func (sh *Shell) globber(mode pattern.Mode) *globber {
	return &globber{
		sh: sh, mode: mode, deep: sh.opts.shopted("globstar"),
		dots: sh.opts.shopted("dotglob") || sh.value("GLOBIGNORE") != "",
	}
}

type globber struct {
	sh    *Shell
	mode  pattern.Mode
	dots  bool
	deep  bool
	below bool // a pattern stands for something already
	out   []string
}

func (g *globber) expand(text string) []string {
	parts := splitPath(text)
	prefix := ""
	for len(parts) > 1 && parts[0] == "" {
		prefix += "/"
		parts = parts[1:]
	}
	if g.deep {
		parts = slices.CompactFunc(parts, func(a, b string) bool { return a == "**" && b == "**" })
	}
	g.walk(prefix, parts)
	return g.out
}

// splitPath splits a pattern at its slashes, but not inside a group.
func splitPath(text string) []string {
	var parts []string
	start, depth := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			depth--
		case '/':
			if depth <= 0 {
				parts = append(parts, text[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, text[start:])
}

// walk collects what parts match below dir, a prefix that ends in a slash or is empty.
func (g *globber) walk(dir string, parts []string) {
	part := parts[0]
	last := len(parts) == 1
	switch {
	case part == "" && last:
		if g.sh.isDir(dir) {
			g.out = append(g.out, dir)
		}
		return
	case part == "":
		g.walk(dir+"/", parts[1:])
		return
	case part == "**" && g.deep:
		g.walkDeep(dir, parts, dir != "" || last || parts[1] == "")
		return
	case !pattern.HasMeta(part, g.mode):
		name := dir + pattern.Unescape(part)
		if !last {
			g.walk(name+"/", parts[1:])
		} else if g.sh.exists(name) {
			g.out = append(g.out, name)
		}
		return
	}
	g.below = true
	plain := pattern.Compile(part, g.mode)
	hidden := pattern.Compile(part, g.mode|pattern.Period)
	for _, e := range g.sh.readDir(dir) {
		pat := plain
		if !g.visible(e.name) {
			pat = hidden
		}
		if !pat.Match(e.name) {
			continue
		}
		if last {
			g.out = append(g.out, dir+e.name)
		} else if e.dir || e.link && g.sh.isDir(dir+e.name) {
			g.walk(dir+e.name+"/", parts[1:])
		}
	}
}

// visible tells whether a wildcard may stand for the first character of name.
func (g *globber) visible(name string) bool {
	return name[0] != '.' || g.dots && name != "." && name != ".."
}

// walkDeep is "**": dir itself and all directories below, or all files when it is the last part. links says that symbolic links to
// directories count, but not what is below.
func (g *globber) walkDeep(dir string, parts []string, links bool) {
	last := len(parts) == 1
	switch {
	case !last:
		g.walk(dir, parts[1:])
	case dir != "" && g.sh.isDir(dir):
		if g.below {
			dir = strings.TrimSuffix(dir, "/")
		}
		g.out = append(g.out, dir)
		dir = strings.TrimSuffix(dir, "/") + "/"
	}
	g.below = true
	for _, e := range g.sh.readDir(dir) {
		if !g.visible(e.name) {
			continue
		}
		switch {
		case e.dir:
			g.walkDeep(dir+e.name+"/", parts, links)
		case last:
			g.out = append(g.out, dir+e.name)
		case links && e.link && g.sh.isDir(dir+e.name):
			g.walk(dir+e.name+"/", parts[1:])
		}
	}
}

// dirEntry is a name in a directory.
type dirEntry struct {
	name string
	dir  bool
	link bool // or of a kind the file system doesn't tell
}

// readDir lists a directory, given by a prefix that ends in a slash or is empty for the working directory.
func (sh *Shell) readDir(dir string) []dirEntry {
	if dir == "" {
		dir = "."
	}
	fd, err := sh.st.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	entries, err := sys.ReadEntries(fd)
	if err != nil {
		return nil
	}
	if !sh.opts.shopted("globskipdots") {
		entries = append(entries, sys.Entry{Name: ".", Type: unix.DT_DIR}, sys.Entry{Name: "..", Type: unix.DT_DIR})
	}
	var out []dirEntry
	for _, e := range entries {
		out = append(out, dirEntry{e.Name, e.Type == unix.DT_DIR, e.Type == unix.DT_LNK || e.Type == unix.DT_UNKNOWN})
	}
	return out
}

func (sh *Shell) isDir(name string) bool {
	st, err := sh.stat(name)
	return err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}

func (sh *Shell) exists(name string) bool {
	var st unix.Stat_t
	path, err := sh.path(name)
	return err == nil && unix.Lstat(path, &st) == nil
}
