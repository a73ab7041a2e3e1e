package lint

import (
	"bytes"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// tooBig is more than any script has.
const tooBig = 1 << 20

// file is an entry of a definition directory.
type file struct {
	name string
	path string
	mode uint32
	text []byte // regular files of a sensible size
}

func (f *file) executable() bool { return f.mode&0o111 != 0 }

// readFiles reads the entries of directories that lie over each other, the uppermost first.
func readFiles(dirs []string) []file {
	var files []file
	seen := make(map[string]bool)
	for _, dir := range dirs {
		names, _ := sys.ReadDir(sys.AT, dir)
		for _, name := range names {
			if f, ok := readFile(dir + "/" + name); ok && name[0] != '.' && !seen[name] {
				seen[name] = true
				files = append(files, f)
			}
		}
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return files
}

func readFile(name string) (f file, ok bool) {
	var st unix.Stat_t
	if unix.Stat(name, &st) != nil {
		return f, false
	}
	f = file{name: path.Base(name), path: name, mode: st.Mode}
	if st.Mode&unix.S_IFMT == unix.S_IFREG && st.Size < tooBig {
		f.text, _ = sys.ReadFile(sys.AT, name, tooBig)
	}
	return f, true
}

// interpreter returns the words of a script's first line: the program, and how it is called.
func (f *file) interpreter() []string {
	line, _, _ := bytes.Cut(f.text, []byte("\n"))
	rest, ok := strings.CutPrefix(string(line), "#!")
	if !ok {
		return nil
	}
	return strings.Fields(rest)
}

// language is what a script is written in: "execline", "bash", "sh", or "" for anything else.
func (f *file) language() string {
	words := f.interpreter()
	for i, word := range words {
		switch path.Base(word) {
		case "execlineb":
			return "execline"
		case "bash":
			return "bash"
		case "sh", "dash", "ash":
			return "sh"
		case "with-contenv", "env":
			continue
		}
		if i == 0 {
			break
		}
	}
	return ""
}

// mostFiles is how many files grep looks at.
const mostFiles = 20000

// grep tells whether a configuration file below dir holds the text; spaces don't count.
func grep(dir, text string) (found bool) {
	text = strings.ReplaceAll(text, " ", "")
	seen := 0
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if seen++; seen > mostFiles {
			return fs.SkipAll
		}
		if err != nil || !d.Type().IsRegular() || !strings.Contains(d.Name(), ".conf") {
			return nil
		}
		data, _ := sys.ReadFile(sys.AT, name, tooBig)
		if strings.Contains(strings.NewReplacer(" ", "", "\t", "").Replace(string(data)), text) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}
