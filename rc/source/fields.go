package source

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

// refs reads a list of services: the names of the files in stem.d, or without such a directory the lines of
// the file stem. A bundle must have one of them.
func (r *reader) refs(stem string) []Ref {
	sub := stem + ".d"
	if r.d.has(sub) {
		names, err := r.d.listIn(sub)
		if err != nil {
			r.unreadable("opendir", sub, err, hintIf(err == unix.ENOTDIR, "it has to be a directory with a file for each service"))
			return nil
		}
		refs := make([]Ref, len(names))
		for i, name := range names {
			refs[i] = Ref{name, Place{File: r.path(sub) + "/" + name}}
		}
		return r.allowed(refs)
	}
	if r.d.has(stem) {
		return r.allowed(r.lines(stem))
	}
	if stem == "contents" {
		r.unreadable("open", stem, unix.ENOENT, "a bundle needs a directory contents.d with a file for each service in it; git does not keep an empty one")
	}
	return nil
}

// lines reads a list of services, one a line: leading whitespace, empty lines and lines starting with # do
// not count.
func (r *reader) lines(name string) []Ref {
	text, ok := r.text(name)
	if !ok {
		return nil
	}
	var refs []Ref
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimLeft(line, " \t")
		if line != "" && line[0] != '#' {
			refs = append(refs, Ref{line, Place{r.path(name), i + 1}})
		}
	}
	return refs
}

// allowed drops the names that no service can have, and the repeated ones.
func (r *reader) allowed(refs []Ref) []Ref {
	seen := make(map[string]bool, len(refs))
	kept := refs[:0]
	for _, ref := range refs {
		switch {
		case Reserved(ref.Name):
			r.fatal(ref.At, "services that s6-rc makes itself can't be named", "in %s: identifier %s starts with reserved prefix", ref.At, ref.Name)
		case !seen[ref.Name]:
			kept = append(kept, ref)
		}
		seen[ref.Name] = true
	}
	return kept
}

// atomic reads what oneshots and longruns have in common.
func (r *reader) atomic() {
	r.def.Deps = r.refs("dependencies")
	r.def.TimeoutUp, _ = r.number("timeout-up")
	r.def.TimeoutDown, _ = r.number("timeout-down")
}

// number reads a file that holds an unsigned number; ok is false where there is none.
func (r *reader) number(name string) (n uint32, ok bool) {
	if !r.d.has(name) {
		return 0, false
	}
	text, ok := r.text(name)
	if !ok {
		return 0, false
	}
	word := strings.TrimSpace(text)
	value, ok := applet.ParseUint(word)
	if !ok || value > 1<<32-1 {
		r.fatal(Place{r.path(name), 1}, "it says "+Show(word), "invalid %s: must be a number from 0 to 4294967295", r.path(name))
		return 0, false
	}
	return uint32(value), true
}

func (r *reader) longrun() {
	sd := &r.def.Servicedir
	if r.d.has("run") {
		sd.Run = r.script("run")
	} else {
		hint := "a longrun needs a script run, which becomes the daemon"
		if r.d.has("up") {
			hint = "it has an up: should its type be oneshot?"
		}
		r.fatal(Place{File: r.path("run")}, hint, "unable to find a run script in %s", r.path("run"))
	}
	if r.d.has("finish") {
		sd.Finish = r.script("finish")
	}
	r.supervision()
	for _, name := range []string{"data", "env", "instance", "instances", "template"} {
		r.copied(name)
	}
	r.pipes()
}

// supervision reads the files that are for the supervisor.
func (r *reader) supervision() {
	sd := &r.def.Servicedir
	for _, name := range []string{"notification-fd", "lock-fd", "timeout-kill", "timeout-finish", "max-death-tally"} {
		n, ok := r.number(name)
		if !ok {
			continue
		}
		if n == 0 && strings.HasSuffix(name, "-fd") {
			r.warn(Place{r.path(name), 1}, "", "longrun %s has a %s of 0", r.def.Name, name)
		}
		sd.Files = append(sd.Files, File{name, decimal(n) + "\n"})
	}
	for _, name := range []string{"flag-timeout-killpg", "flag-newpidns"} {
		if r.d.has(name) {
			sd.Files = append(sd.Files, File{name, ""})
		}
	}
	for _, name := range []string{"down-signal", "reload-signal"} {
		if r.d.has(name) {
			if text, ok := r.text(name); ok {
				sd.Files = append(sd.Files, File{name, text})
			}
		}
	}
}

func decimal(n uint32) string {
	var buf [10]byte
	at := len(buf)
	for {
		at--
		buf[at] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return string(buf[at:])
		}
	}
}

// copied notes a directory that goes into the service directory as it is. A template needs a place for its
// instances.
func (r *reader) copied(name string) {
	if !r.d.has(name) {
		if strings.HasPrefix(name, "instance") && r.d.has("template") {
			r.def.Servicedir.Makes = append(r.def.Servicedir.Makes, name)
		}
		return
	}
	var st unix.Stat_t
	if err := unix.Fstatat(r.d.fd, name, &st, 0); err != nil {
		r.unreadable("stat", name, err, "")
		return
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		r.fatal(Place{File: r.path(name)}, "", "%s is not a directory", r.path(name))
		return
	}
	r.def.Servicedir.Copies = append(r.def.Servicedir.Copies, name)
}

// pipes reads a longrun's place in a pipeline.
func (r *reader) pipes() {
	d := r.def
	d.Producer = r.one("producer-for")
	if r.d.has("consumer-for") {
		d.Consumes = r.allowed(r.lines("consumer-for"))
	}
	if !r.d.has("pipeline-name") {
		return
	}
	path := r.path("pipeline-name")
	if len(d.Consumes) == 0 || d.Producer != nil {
		r.warn(Place{File: path}, "", "%s contains a pipeline-name file despite not being a last consumer; this file will be ignored", d.Dir)
		return
	}
	name := r.one("pipeline-name")
	if name != nil && Reserved(name.Name) {
		r.fatal(name.At, "", "in %s: identifier %s starts with reserved prefix", path, name.Name)
		name = nil
	}
	d.Pipeline = name
}

// one reads a file that holds the name of one service; nil where there is none.
func (r *reader) one(name string) *Ref {
	if !r.d.has(name) {
		return nil
	}
	refs := r.lines(name)
	switch {
	case len(refs) == 1:
		return &refs[0]
	case len(refs) > 1:
		r.fatal(refs[1].At, "the second one is "+Show(refs[1].Name), "%s should only contain one service name", r.path(name))
	default:
		r.fatal(Place{File: r.path(name)}, "it is empty", "%s should only contain one service name", r.path(name))
	}
	return nil
}
