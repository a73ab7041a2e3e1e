package source

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

// refs reads a list of services: the names of the files in stem.d, or without such a directory the lines of
// the file stem. A bundle must have one of them.
func (r *reader) refs(stem string) []Ref {
	sub := stem + ".d"
	if r.d.has(sub) {
		refs, err := r.d.refsIn(sub)
		if err != nil {
			r.unreadable("opendir", sub, err, hintIf(err == unix.ENOTDIR, ContentsHint))
			return nil
		}
		return r.allowed(refs)
	}
	if r.d.has(stem) {
		refs, _ := r.lines(stem)
		return r.allowed(refs)
	}
	if stem == "contents" {
		if slices.Contains(r.lost, sub) {
			stem = sub
		}
		r.unreadable("open", stem, unix.ENOENT, "a bundle needs a directory contents.d with a file for each service in it; git does not keep an empty one")
	}
	return nil
}

// ContentsHint tells what contents.d and dependencies.d have to be.
const ContentsHint = "it has to be a directory with a file for each service"

// lines reads a list of services, one a line: leading whitespace, empty lines and lines starting with # do
// not count.
func (r *reader) lines(name string) (refs []Ref, ok bool) {
	text, ok := r.text(name)
	if !ok {
		return nil, false
	}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimLeft(line, " \t")
		if line != "" && line[0] != '#' {
			refs = append(refs, Ref{line, Place{r.path(name), i + 1}})
		}
	}
	return refs, true
}

// allowed drops the names that no service can have, and the repeated ones.
func (r *reader) allowed(refs []Ref) []Ref {
	seen := make(map[string]bool, len(refs))
	kept := refs[:0]
	for _, ref := range refs {
		switch {
		case Reserved(ref.Name):
			r.reserved(ref)
		case !seen[ref.Name]:
			kept = append(kept, ref)
		}
		seen[ref.Name] = true
	}
	return kept
}

// reserved reports a name that no service of the user's can have.
func (r *reader) reserved(ref Ref) {
	r.fatal(ref.At, ref.At.String()+" names a service that s6-rc makes itself", "in %s: identifier %s starts with reserved prefix", r.def.Name, ref.Name)
}

// atomic reads what oneshots and longruns have in common.
func (r *reader) atomic() {
	r.def.Deps = r.refs("dependencies")
	r.def.TimeoutUp = r.timeout("timeout-up")
	r.def.TimeoutDown = r.timeout("timeout-down")
}

// timeout reads a file that holds nothing but a number of milliseconds; no file is 0.
func (r *reader) timeout(name string) uint32 {
	if !r.d.has(name) {
		return 0
	}
	text, ok := r.text(name)
	if !ok {
		return 0
	}
	word := strings.TrimRight(text, "\n")
	n, ok := parseNumber(word)
	if !ok {
		r.fatal(Place{r.path(name), 1}, "it says "+Show(word), "invalid %s: must be "+aNumber, r.path(name))
	}
	return n
}

// number reads a file the first line of which is a number; ok is false where there is none.
func (r *reader) number(name string) (n uint32, ok bool) {
	if !r.d.has(name) {
		return 0, false
	}
	text, ok := r.text(name)
	if !ok {
		return 0, false
	}
	word, _, _ := strings.Cut(text, "\n")
	if n, ok = parseNumber(word); !ok {
		r.unreadable("read", name, unix.EINVAL, "it must be "+aNumber+", and says "+Show(word))
	}
	return n, ok
}

const aNumber = "a number from 0 to 4294967295"

func parseNumber(word string) (n uint32, ok bool) {
	value, ok := applet.ParseUint(word)
	return uint32(value), ok && value < 1<<32
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
		if slices.Contains(r.lost, "run") {
			hint = Hint(unix.ENOENT)
		}
		r.fatal(Place{File: r.path("run")}, hint, "unable to find a run script in %s", r.path("run"))
	}
	if r.d.has("finish") {
		sd.Finish = r.script("finish")
	}
	r.supervision()
	for _, name := range []string{"data", "env", "template"} {
		r.copied(name)
	}
	if r.d.has("template") { // which is for s6-instance-maker and its like: the instances come later
		sd.Makes = append(sd.Makes, "instance", "instances")
	}
	r.pipes()
}

// supervision reads the files that are for the supervisor.
func (r *reader) supervision() {
	sd := &r.def.Servicedir
	fds := make(map[string]uint32)
	for _, name := range []string{"notification-fd", "lock-fd", "timeout-kill", "timeout-finish", "max-death-tally"} {
		n, ok := r.number(name)
		if !ok {
			continue
		}
		if strings.HasSuffix(name, "-fd") {
			fds[name] = n
			if n <= 2 {
				r.warn(Place{r.path(name), 1}, "longrun %s has a %s of %d", r.def.Name, name, n)
			}
		}
		sd.Files = append(sd.Files, File{name, decimal(n) + "\n"})
	}
	if n := fds["lock-fd"]; n > 0 && n == fds["notification-fd"] {
		r.fatal(Place{r.path("lock-fd"), 1}, "both are "+decimal(n), "longrun %s has the same value for notification-fd and lock-fd", r.def.Name)
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

// copied notes a directory that goes into the service directory as it is.
func (r *reader) copied(name string) {
	if !r.d.has(name) {
		return
	}
	var st unix.Stat_t
	if err := unix.Fstatat(r.d.layer(name).fd, name, &st, 0); err != nil {
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
	if d.Producer = r.one("producer-for", "service name"); d.Producer != nil {
		r.told(3, d.Name+" is a producer for "+d.Producer.Name)
	}
	if r.d.has("consumer-for") {
		refs, _ := r.lines("consumer-for")
		d.Consumes = r.allowed(refs)
		for _, ref := range d.Consumes {
			r.told(3, d.Name+" is a consumer for "+ref.Name)
		}
	}
	if !r.d.has("pipeline-name") {
		return
	}
	path := r.path("pipeline-name")
	if len(d.Consumes) == 0 || d.Producer != nil {
		r.warn(Place{File: path}, "%s contains a pipeline-name file despite not being a last consumer; this file will be ignored", d.Dir)
		return
	}
	d.Pipeline = r.one("pipeline-name", "name")
}

// one reads a file that holds the name of one service or bundle; nil where there is none.
func (r *reader) one(name, what string) *Ref {
	if !r.d.has(name) {
		return nil
	}
	refs, ok := r.lines(name)
	switch {
	case !ok:
	case len(refs) == 0:
		r.fatal(Place{File: r.path(name)}, "it is empty", "%s should only contain one %s", r.path(name), what)
	case len(refs) > 1:
		r.fatal(refs[1].At, "the second one is "+Show(refs[1].Name), "%s should only contain one %s", r.path(name), what)
	case Reserved(refs[0].Name):
		r.reserved(refs[0])
	default:
		return &refs[0]
	}
	return nil
}
