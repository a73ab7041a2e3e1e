package lint

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/rc/source"
)

// legacy looks at what images have beside service definitions: scripts in cont-init.d and cont-finish.d, and
// service directories in services.d, which are run as they are.
func (l *linter) legacy() {
	for _, dir := range []string{"cont-init.d", "cont-finish.d"} {
		for _, f := range readFiles(l.places("etc/" + dir)) {
			if f.text != nil {
				l.executed(f, use{must: true})
			}
		}
	}
	for _, f := range readFiles(l.places("etc/services.d")) {
		for _, name := range []string{"etc/services.d/" + f.name, "etc/services.d/" + f.name + "/log"} {
			l.servicedir(name)
			l.lacksRun(name)
		}
	}
}

func (l *linter) servicedir(dir string) {
	for _, f := range readFiles(l.places(dir)) {
		switch {
		case f.text == nil:
		case f.name == "run" || f.name == "finish":
			l.executed(f, use{must: true, daemon: f.name == "run"})
		case f.name == "down-signal" || f.name == "reload-signal":
			l.signal(f)
		}
	}
}

// lacksRun looks whether a service directory has what a service is.
func (l *linter) lacksRun(name string) {
	dir, ok := l.find(name)
	if !ok || dir.mode&unix.S_IFMT != unix.S_IFDIR {
		return
	}
	if _, ok := l.find(name + "/run"); !ok {
		l.warn("missing", source.Place{File: dir.path}, "", "%s has no run: it is no service", dir.name)
	}
}

// signal looks at a file that names one.
func (l *linter) signal(f file) {
	if word := firstLine(f.text); !isSignal(word) {
		l.warn("signal", source.Place{File: f.path, Line: 1}, "the default is taken in its place", "%s says %s, which is no signal", f.name, source.Show(word))
	}
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
}

func isSignal(word string) bool {
	_, ok := sys.Signal(word)
	return ok
}
