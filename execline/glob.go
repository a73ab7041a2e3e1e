package execline

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/pattern"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// globber expands a shell pattern into the names of files, as glob(3) does.
type globber struct {
	st       *proc.State
	noEscape bool
	mark     bool // a slash behind directories
	// onError is told which file or directory could not be looked at; an error it returns ends the search.
	onError func(name string, err error) error
	found   []string
}

// find looks for names that begin with prefix, which exists, and go on as rest says.
func (g *globber) find(prefix, rest string) error {
	for rest != "" {
		part, slashes, after := cutComponent(rest)
		if pattern.HasMeta(part, g.noEscape) {
			return g.list(prefix, part, slashes, after)
		}
		prefix += pattern.Literal(part, g.noEscape) + slashes
		rest = after
	}
	return g.add(prefix)
}

// cutComponent splits a pattern behind the slashes that end its first component.
func cutComponent(rest string) (part, slashes, after string) {
	end := strings.IndexByte(rest, '/')
	if end < 0 {
		return rest, "", ""
	}
	n := end
	for n < len(rest) && rest[n] == '/' {
		n++
	}
	return rest[:end], rest[end:n], rest[n:]
}

// list goes on with every entry of the directory prefix that matches part.
func (g *globber) list(prefix, part, slashes, after string) error {
	dir := prefix
	if dir == "" {
		dir = "."
	}
	names, err := g.read(dir)
	if err == proc.ErrNeedProcess {
		return err
	}
	if err == unix.ENOTDIR {
		return nil // holds no match, and nothing is wrong with it
	}
	if err != nil {
		return g.onError(dir, err)
	}
	hidden := strings.HasPrefix(pattern.Literal(part, g.noEscape), ".")
	for _, name := range names {
		if name[0] == '.' && !hidden || !pattern.Match(part, name, g.noEscape) {
			continue
		}
		if slashes != "" && !g.mayBeDir(prefix+name) {
			continue
		}
		if err := g.find(prefix+name+slashes, after); err != nil {
			return err
		}
	}
	return nil
}

// read returns the entries of a directory, . and .. among them.
func (g *globber) read(dir string) ([]string, error) {
	fd, err := g.st.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	names, err := sys.ReadDirFD(fd)
	return append(names, ".", ".."), err
}

func (g *globber) add(name string) error {
	switch _, err := g.lstat(name); err {
	case nil:
	case unix.ENOENT, unix.ENOTDIR:
		return nil
	default:
		return g.onError(name, err)
	}
	if g.mark && !strings.HasSuffix(name, "/") && g.isDir(name) {
		name += "/"
	}
	g.found = append(g.found, name)
	return nil
}

func (g *globber) lstat(name string) (mode uint32, err error) {
	var st unix.Stat_t
	path, err := g.st.Path(name)
	if err == nil {
		err = unix.Lstat(path, &st)
	}
	return st.Mode & unix.S_IFMT, err
}

// mayBeDir passes over what is surely no directory.
func (g *globber) mayBeDir(name string) bool {
	mode, err := g.lstat(name)
	return err != nil || mode == unix.S_IFDIR || mode == unix.S_IFLNK
}

func (g *globber) isDir(name string) bool {
	var st unix.Stat_t
	path, err := g.st.Path(name)
	return err == nil && unix.Stat(path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}

// glob is find from the beginning. The names come in the order of the directories.
func (g *globber) glob(pat string, sorted bool) ([]string, error) {
	if _, err := g.st.Path(pat); err != nil {
		return nil, err
	}
	if _, ok := proc.FDName(path.Dir(pat) + "/0"); ok && g.st.Virtual() {
		return nil, proc.ErrNeedProcess // the descriptors of another process are in that directory
	}
	if pat == "" {
		return nil, nil
	}
	err := g.find("", pat)
	if sorted {
		slices.Sort(g.found)
	}
	return g.found, err
}
