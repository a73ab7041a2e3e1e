package mount

import (
	"slices"
	"strings"

	"s6box/execline/lex"
	"s6box/internal/mounts"
)

// sourceMaker makes source directories of s6-rc out of a table. See fstab2s6rc.html of s6-linux-utils.
type sourceMaker struct {
	onlyAuto, utilLinux, essential bool
	bundle, base                   string // "": none

	tool func(name string) string // the path of a command
	warn func(format string, args ...any)

	files []sourceFile
}

// sourceFile is a file or a directory, which comes before what it holds.
type sourceFile struct {
	path string
	dir  bool
	text string
}

// point is an entry as a service.
type point struct {
	mounts.Entry
	service      string
	options      string // those that the command gets
	hasOptions   bool
	auto, nofail bool
}

// sources are the files for the entries. An entry that can't be used is an *entryError.
func (m *sourceMaker) sources(entries []mounts.Entry) ([]sourceFile, error) {
	var points []point
	taken := map[string]mounts.Entry{}
	for _, e := range entries {
		p := newPoint(e)
		if e.Dir == "/" && !e.Swap() || m.onlyAuto && !p.auto {
			continue
		}
		if err := p.check(taken); err != nil {
			return nil, err
		}
		taken[p.service] = e
		points = append(points, p)
	}
	for i := range points {
		m.service(&points[i], points)
	}
	if m.bundle != "" {
		m.bundles(points)
	}
	return m.files, nil
}

func newPoint(e mounts.Entry) point {
	p := point{Entry: e, auto: true}
	if e.Swap() {
		p.service = "swap-" + colons(e.Device)
	} else {
		p.service = "mount-" + colons(e.Dir)
	}
	words := strings.Split(e.Options, ",")
	if words[len(words)-1] == "" {
		words = words[:len(words)-1]
	}
	words = slices.DeleteFunc(words, func(word string) bool {
		switch word {
		case "noauto":
			p.auto = false
		case "nofail":
			p.nofail = true
		case "defaults", "user", "owner":
		default:
			return strings.HasPrefix(word, "x-")
		}
		return true
	})
	p.options, p.hasOptions = strings.Join(words, ","), len(words) > 0
	return p
}

// colons is the name that a path gives to a service.
func colons(path string) string {
	return strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ":")
}

func (p *point) check(taken map[string]mounts.Entry) error {
	bad := func(what string) error { return &entryError{p.Line, what} }
	other, double := taken[p.service]
	switch {
	case strings.Contains(p.Device+p.Dir+p.Kind+p.options, "\x00"):
		return bad("there is a NUL byte in fstab")
	case !p.Swap() && !strings.HasPrefix(p.Dir, "/"):
		return bad("relative mountpoint in fstab: " + p.Dir)
	case p.Kind == "":
		return bad("no file system type in fstab: " + p.Device)
	case double && p.Swap():
		return bad("duplicate swap: " + p.Device)
	case double && other.Dir == p.Dir:
		return bad("duplicate mount point: " + strings.TrimPrefix(p.Dir, "/"))
	case double:
		return bad("the mount points " + other.Dir + " and " + p.Dir + " both make the service " + p.service)
	}
	return nil
}

func (m *sourceMaker) service(p *point, all []point) {
	m.mkdir(p.service)
	m.file(p.service+"/type", "oneshot\n")
	m.mkdir(p.service + "/dependencies.d")
	dependency := m.base
	if above := p.above(all); above != "" {
		dependency = above
	}
	if dependency != "" {
		m.file(p.service+"/dependencies.d/"+dependency, "")
	}
	up, down := m.lines(p)
	if p.nofail {
		up = m.forgiving(up)
	} else {
		up += "\n"
	}
	down = m.forgiving(down)
	switch {
	case !p.auto:
	case m.essential:
		m.file(p.service+"/flag-essential", "")
		down = ""
	default:
		m.file(p.service+"/flag-recommended", "")
	}
	m.file(p.service+"/up", up)
	m.file(p.service+"/down", down)
}

// above is the service of the nearest mount that p's lies in, "" if there is none.
func (p *point) above(all []point) string {
	if p.Swap() {
		return ""
	}
	best := -1
	for i, q := range all {
		dir := strings.TrimRight(q.Dir, "/")
		if q.Swap() || len(q.Dir) >= len(p.Dir) || !strings.HasPrefix(p.Dir, dir+"/") {
			continue
		}
		if best < 0 || len(q.Dir) > len(all[best].Dir) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return all[best].service
}

// lines are the commands that bring p up and down.
func (m *sourceMaker) lines(p *point) (up, down string) {
	if option, _ := tag(p.Device); option != "" && !m.utilLinux {
		m.warn("weird device found: %s - you may want to run fstab2s6rc -u instead", p.Device)
	}
	if p.Swap() {
		return m.swapLines(p)
	}
	device, dir := lex.QuoteASCII(p.Device), lex.QuoteASCII(p.Dir)
	up, down = "mount", "umount -l -- "+dir
	if !m.utilLinux {
		up, down = m.tool("s6-mount"), m.tool("s6-umount")+" -- "+dir
	} else if option, name := tag(p.Device); option != "" {
		up, device = up+" "+option+" "+lex.QuoteASCII(name), ""
	}
	if p.Kind != "none" {
		up += " -t " + lex.QuoteASCII(p.Kind)
	}
	up += p.dashO()
	if device != "" {
		up += " " + device
	}
	return up + " " + dir, down
}

func (m *sourceMaker) swapLines(p *point) (up, down string) {
	device := lex.QuoteASCII(p.Device)
	if !m.utilLinux {
		return m.tool("s6-swapon") + " -- " + device, m.tool("s6-swapoff") + " -- " + device
	}
	if option, name := tag(p.Device); option != "" {
		name = lex.QuoteASCII(name)
		return "swapon" + p.dashO() + " " + option + "  " + name, "swapoff " + option + " " + name // as upstream spaces them
	}
	return "swapon" + p.dashO() + " " + device, "swapoff " + device
}

func (p *point) dashO() string {
	if !p.hasOptions {
		return ""
	}
	return " -o " + lex.QuoteASCII(p.options)
}

// tag splits a device that is named by what is on it, into the option of util-linux's programs and its value.
func tag(device string) (option, name string) {
	if name, ok := strings.CutPrefix(device, "UUID="); ok {
		return "-U", name
	}
	if name, ok := strings.CutPrefix(device, "LABEL="); ok {
		return "-L", name
	}
	return "", ""
}

// forgiving is a script that runs a line and succeeds whatever comes of it.
func (m *sourceMaker) forgiving(line string) string {
	return m.tool("foreground") + " { " + line + " }\n" + m.tool("exit") + " 0\n"
}

func (m *sourceMaker) bundles(points []point) {
	var mounts, swaps []string
	for _, p := range points {
		switch {
		case !p.auto:
		case p.Swap():
			swaps = append(swaps, p.service)
		default:
			mounts = append(mounts, p.service)
		}
	}
	m.addBundle(m.bundle+"-mounts", mounts)
	m.addBundle(m.bundle+"-swaps", swaps)
	m.addBundle(m.bundle, []string{m.bundle + "-mounts", m.bundle + "-swaps"})
}

func (m *sourceMaker) addBundle(name string, contents []string) {
	m.mkdir(name)
	m.file(name+"/type", "bundle\n")
	m.mkdir(name + "/contents.d")
	for _, service := range contents {
		m.file(name+"/contents.d/"+service, "")
	}
}

func (m *sourceMaker) mkdir(path string) {
	m.files = append(m.files, sourceFile{path: path, dir: true})
}

func (m *sourceMaker) file(path, text string) {
	m.files = append(m.files, sourceFile{path: path, text: text})
}
