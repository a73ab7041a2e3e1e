package supervise

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// maker makes a service that runs an s6-svscan, and its logger: a service directory, or source directories of
// s6-rc.
type maker struct {
	st      *proc.State
	user    string // of the logger; "": that of the supervisor
	logdir  string // "": no logger
	stamp   uint64
	files   uint64
	size    uint64
	total   uint64
	prefix  string
	sources bool // make source directories of s6-rc
	service string
	logger  string
	bundle  string
	made    []string // directories
}

func newMaker(st *proc.State) *maker { return &maker{st: st, stamp: 1, files: 10, size: 1000000} }

// makerSpec is the options that maker.option takes.
const makerSpec = "r:l:t:n:s:S:P:"

func (m *maker) option(inv *applet.Invocation, opt byte, value string) error {
	switch opt {
	case 'r':
		m.sources, m.service = true, value
	case 'l':
		m.user = value
	case 't':
		return inv.Uint(&m.stamp)(value)
	case 'n':
		return inv.Uint(&m.files)(value)
	case 's', 'S':
		n, ok := applet.ParseUint(value)
		if !ok {
			return inv.UsageError()
		}
		if opt == 's' {
			m.size = n
		} else {
			m.total = n
		}
	case 'P':
		m.prefix = value
	}
	return nil
}

// check looks at the options together. needLogger says that there has to be a logger.
func (m *maker) check(needLogger bool) error {
	bad := func(what string) error { return applet.Fatal(applet.ExitUsage, "%s", what) }
	switch {
	case m.stamp > 3:
		return bad("stamptype must be 0, 1, 2 or 3")
	case m.logdir != "" && m.logdir[0] != '/':
		return bad("logdir must be absolute")
	case !m.sources:
		return nil
	}
	names := strings.SplitN(m.service, "/", 3)
	m.service = names[0]
	switch {
	case m.service == "":
		return bad("service name cannot be empty")
	case len(names) == 1 && needLogger:
		return bad("argument to -r must be: service/logger or service/logger/pipeline")
	case len(names) == 1 && m.logdir != "":
		return bad("logdir specified (-L) but logger name not specified (-r)")
	case len(names) == 1:
		return nil
	}
	m.logger = names[1]
	switch {
	case m.logger == "" && len(names) == 2:
		return bad("argument to -r must be: service or service/logger or service/logger/pipeline")
	case m.logger == "":
		return bad("logger name cannot be empty")
	case m.logdir == "":
		return bad("logger specified (-r) but logdir not specified (-L)")
	case m.logger == m.service:
		return bad("service and logger cannot have the same name")
	case len(names) == 2:
		return nil
	}
	m.bundle = names[2]
	switch {
	case m.bundle == "":
		return bad("pipeline name cannot be empty")
	case strings.Contains(m.bundle, "/"):
		return bad("slashes are forbidden in s6-rc names")
	case m.bundle == m.service || m.bundle == m.logger:
		return bad("the pipeline cannot have the name of a service")
	}
	return nil
}

// tool is the path of a command as scripts name it.
func (m *maker) tool(name string) string { return chain.ToolPath(m.st, name) }

// line is a line of a script: a command of ours, and words that are quoted.
func (m *maker) line(name, options string, words ...string) string {
	text := m.tool(name)
	if options != "" {
		text += " " + options
	}
	for _, w := range words {
		text += " " + lex.Quote(w)
	}
	return text + "\n"
}

// make makes dir with the service, whose script is run, and its logger, and returns where the service is. A
// directory of sources may be there before.
func (m *maker) make(dir, run string) (service string, err error) {
	if err := m.mkdir(dir); err != nil && !(m.sources && err == unix.EEXIST) {
		return "", applet.System(err, "mkdir %s", dir)
	}
	service, logger := dir, dir+"/log"
	if m.sources {
		service, logger = dir+"/"+m.service, dir+"/"+m.logger
		if err := m.mkdir(service); err != nil {
			return "", applet.System(err, "mkdir %s", service)
		}
	}
	files := map[string]string{"run": m.script(run), "notification-fd": "3\n"}
	if m.sources && m.logger != "" {
		files["producer-for"] = m.logger + "\n"
	}
	if err := m.write(service, files); err != nil || m.logdir == "" {
		return service, err
	}
	if err := m.mkdir(logger); err != nil {
		return "", applet.System(err, "mkdir %s", logger)
	}
	files = map[string]string{"run": m.script(m.logScript()), "notification-fd": "3\n"}
	if m.sources {
		files["consumer-for"] = m.service + "\n"
	}
	if m.bundle != "" {
		files["pipeline-name"] = m.bundle + "\n"
	}
	return service, m.write(logger, files)
}

func (m *maker) mkdir(dir string) error {
	err := sys.Mkdir(sys.AT, dir, 0o755)
	if err == nil {
		m.made = append(m.made, dir)
	}
	return err
}

// discard removes what was made, for a command that has failed: the next one would find it there.
func (m *maker) discard() {
	for _, dir := range m.made {
		sys.RemoveAll(sys.AT, dir)
	}
}

func (m *maker) script(lines string) string { return "#!" + m.tool("execlineb") + " -P\n" + lines }

func (m *maker) logScript() string {
	text := ""
	if m.user != "" {
		text += m.line("s6-setuidgid", "", m.user)
	}
	var script []string
	if m.stamp&1 != 0 {
		script = append(script, "t")
	}
	if m.stamp&2 != 0 {
		script = append(script, "T")
	}
	script = append(script, "n"+strconv.FormatUint(m.files, 10), "s"+strconv.FormatUint(m.size, 10))
	if m.total > 0 {
		script = append(script, "S"+strconv.FormatUint(m.total, 10))
	}
	if m.prefix != "" {
		script = append(script, "p"+m.prefix)
	}
	return text + m.line("s6-log", "-bd3 --", append(script, m.logdir)...)
}

func (m *maker) write(dir string, files map[string]string) error {
	mode := uint32(0o755)
	if m.sources {
		mode = 0o644
		files["type"] = "longrun\n"
	}
	for name, text := range files {
		perm := uint32(0o644)
		if name == "run" {
			perm = mode
		}
		if err := sys.Create(sys.AT, dir+"/"+name, []byte(text), perm); err != nil {
			return applet.System(err, "write %s/%s", dir, name)
		}
	}
	return nil
}
