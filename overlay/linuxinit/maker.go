package linuxinit

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/users"
)

// maker makes a directory that a machine or a container is booted from.
type maker struct {
	st        *proc.State
	dir       string // what is made
	run       string // the tmpfs at boot
	base      string // where dir will be
	skel      string
	verbosity uint64
	user      string
	getty     string
	console   bool
	logout    bool
	path      string
	umask     uint64
	stamp     uint64
	slashdev  string
	store     string
	env       []string
	grace     uint64
	runlevel  string
	keepRun   byte // 'n' remount, 'N' leave alone, 0 mount anew
	limits    []string
	container bool
	noLogger  bool
	sync      bool
	readyFD   uint64
}

// file is one entry of the directory: a script, unless something else is said.
type file struct {
	name string
	text string
	mode uint32 // type and permissions; 0: an executable file
}

const (
	directory = unix.S_IFDIR | 0o755
	plain     = 0o644
)

// make makes the directory. Nothing is left of it when it fails.
func (m *maker) make() error {
	if err := sys.Mkdir(sys.AT, m.dir, 0o755); err != nil {
		return applet.System(err, "mkdir %s", m.dir)
	}
	err := m.fill()
	if err != nil {
		sys.RemoveAll(sys.AT, m.dir)
	}
	return err
}

func (m *maker) fill() error {
	for _, files := range [...][]file{m.image(), m.services(), m.scandir(), m.environment(), m.programs()} {
		for _, f := range files {
			if err := m.create(f); err != nil {
				return err
			}
		}
	}
	if err := m.copySkeleton(); err != nil {
		return err
	}
	return m.giveLogs()
}

// create makes one entry. The umask of the caller does not matter.
func (m *maker) create(f file) error {
	name := m.dir + "/" + f.name
	perm := f.mode & 0o7777
	var err error
	switch f.mode & unix.S_IFMT {
	case unix.S_IFDIR:
		err = unix.Mkdir(name, 0o700)
	case unix.S_IFIFO:
		err = sys.Mkfifo(sys.AT, name, 0o600)
	case unix.S_IFLNK:
		if err := unix.Symlink(f.text, name); err != nil {
			return applet.System(err, "symlink %s to %s", f.text, name)
		}
		return nil
	default:
		if f.mode == 0 {
			perm = 0o755
		}
		err = sys.Create(sys.AT, name, []byte(f.text), 0o600)
	}
	if err == nil {
		err = unix.Chmod(name, perm)
	}
	if err != nil {
		return applet.System(err, "create %s", name)
	}
	return nil
}

// tool is the path of a command of ours as scripts name it.
func (m *maker) tool(name string) string { return chain.ToolPath(m.st, name) }

// script is an execline script of these lines, each a command of ours and the words behind it.
func (m *maker) script(lines ...string) string {
	return "#!" + m.tool("execlineb") + " -P\n\n" + m.lines(lines...)
}

func (m *maker) lines(lines ...string) string {
	var text strings.Builder
	for _, line := range lines {
		name, rest, _ := strings.Cut(line, " ")
		text.WriteString(strings.TrimRight(m.tool(name)+" "+rest, " ") + "\n")
	}
	return text.String()
}

// programs are the commands of an administrator.
func (m *maker) programs() []file {
	nosync := ""
	if m.container {
		nosync = "n"
	}
	files := []file{
		{"bin", "", directory},
		{"bin/init", m.init(), 0},
		{"bin/shutdown", m.tool("s6-linux-init-shutdown"), unix.S_IFLNK},
	}
	if !m.container {
		files = append(files, file{"bin/telinit", m.tool("s6-linux-init-telinit"), unix.S_IFLNK})
	}
	for name, option := range map[string]string{"halt": "h", "poweroff": "p", "reboot": "r"} {
		text := "#!" + m.tool("execlineb") + " -S0\n\n" + m.lines("s6-linux-init-hpr -"+nosync+option+" $@")
		files = append(files, file{"bin/" + name, text, 0})
	}
	return files
}

// init is the first program that the kernel or the container manager starts.
func (m *maker) init() string {
	text := "#!" + m.tool("execlineb") + " -S0\n\n"
	if len(m.limits) > 0 {
		text += m.lines("s6-softlimit -H -" + strings.Join(m.limits, " -") + " --")
	}
	line := "s6-linux-init -v " + strconv.FormatUint(m.verbosity, 10) + " -m 0" + padded(m.umask) +
		" -c " + lex.Quote(m.base) + " -p " + lex.Quote(m.path)
	for _, o := range [...]struct{ letter, value string }{{"s", m.store}, {"d", m.slashdev}, {"D", m.runlevel}} {
		if o.value != "" {
			line += " -" + o.letter + " " + lex.Quote(o.value)
		}
	}
	if m.readyFD > 0 {
		line += " -W " + strconv.FormatUint(m.readyFD, 10)
	}
	if m.keepRun != 0 {
		line += " -" + string(m.keepRun)
	}
	return text + m.lines(line+m.kind()+` -- "$@"`)
}

// kind are the options that several programs have in common.
func (m *maker) kind() string {
	options := ""
	if m.container {
		options += " -C"
	}
	if m.noLogger {
		options += " -B"
	}
	return options
}

func padded(mask uint64) string {
	text := strconv.FormatUint(mask, 8)
	return strings.Repeat("0", max(3-len(text), 0)) + text
}

// environment is what every process is to have in its environment, or not.
func (m *maker) environment() []file {
	files := []file{{"env", "", directory}}
	at := make(map[string]int)
	for _, kv := range m.env {
		name, value, set := strings.Cut(kv, "=")
		if set {
			value += "\n"
		}
		f := file{"env/" + name, value, plain}
		if i, ok := at[name]; ok {
			files[i] = f
			continue
		}
		at[name] = len(files)
		files = append(files, f)
	}
	return files
}

// giveLogs makes the logger's directory belong to its user.
func (m *maker) giveLogs() error {
	if m.user == "" || unix.Geteuid() != 0 {
		return nil
	}
	account, err := users.ByName(m.user)
	if err != nil {
		return applet.Fatal(applet.ExitUsage, "unable to find user %s in passwd database", m.user)
	}
	logs := m.dir + "/run-image/" + uncaught
	err = unix.Chown(logs, account.Uid, account.Gid)
	if err == nil {
		err = unix.Chmod(logs, 0o2750) // a change of owner may take bits away
	}
	if err != nil {
		return applet.System(err, "chown %s", logs)
	}
	return nil
}
