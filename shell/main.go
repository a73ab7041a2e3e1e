package shell

import (
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// process is what all shells of a process share.
type process struct {
	pid     int // $$
	start   int64
	seq     atomic.Int64
	signals signals
	last    lastWords
	caught  [65]atomic.Bool // signals that have a trap
	ours    [65]bool        // signals whose action a trap has changed
	command bool            // -c
	stdin   bool            // -s
	login   bool            // -l
	called  string          // the base of the name that the shell was called by
	resumed bool            // a subshell that became a process
	nested  int             // evals and so on around it then
}

// ignored tells whether signal n is ignored now.
func (p *process) ignored(n int) bool { return proc.SignalIgnored(unix.Signal(n)) }

// newShell makes the first shell of a process, in which the signals ignored are ignored.
func newShell(st *proc.State, ignored ...unix.Signal) *Shell {
	proc.DefaultSignals(ignored...)
	sys := &process{pid: unix.Getpid(), start: time.Now().Unix()}
	sh := &Shell{sys: sys, st: st, files: make(table), funcs: make(map[string]*function), opts: defaultOptions()}
	sh.scope = newScope(nil, false)
	sh.scope.vars = make(map[string]*variable, 64)
	return sh
}

// Main runs the shell in the process that st is, called as argv0 with args as bash is:
//
//	[ options ] [ -o option ] [ -O shopt ] [ -c command [ name ] | -s | file ] [ args... ]
//
// It returns the exit code, unless an exec or a signal ends the process before.
func Main(st *proc.State, argv0 string, args []string) int {
	if len(args) == 2 && (args[0] == resumeOption || args[0] == resumeAsync) {
		code, err := resume(st, args[1], args[0] == resumeAsync)
		if err != nil {
			proc.FD(2).Write([]byte(argv0 + ": " + err.Error() + "\n"))
			return 126
		}
		return code
	}
	sh := newShell(st)
	sh.name, sh.lastArg = argv0, argv0
	sh.importEnv(st.Env)
	sh.startVars()
	sh.startOptions()
	sh.startName(argv0)
	base := argv0[strings.LastIndexByte(argv0, '/')+1:]
	sh.sys.called = strings.TrimPrefix(base, "-")
	if base != "bash" && base != "-bash" && base != hiddenName {
		sh.opts.setName("posix", true)
	}
	inv := invocation{sh: sh, args: args, login: strings.HasPrefix(base, "-")}
	if code, ok := inv.options(); !ok {
		return code
	}
	sh.main(inv.run)
	return sh.status
}

// main runs a shell from its first command to its exit trap.
func (sh *Shell) main(run func()) {
	sh.frames = append(sh.frames, frame{fn: "main", script: true, unit: &unit{name: sh.name}})
	if sh.sys.resumed {
		sh.frames = sh.frames[:len(sh.frames)-1]
	}
	run()
	if sh.unit == nil {
		sh.unit = &unit{name: sh.name}
	}
	if !sh.stopped() && sh.traps.pending() {
		sh.runTraps()
	}
	sh.runExitTrap()
	if sig := sh.sys.last.fatal; sig != 0 {
		proc.KillSelf(sig)
	}
	sh.status &= 0xff
}

// invocation is how the shell was called.
type invocation struct {
	sh      *Shell
	args    []string
	command *string // -c
	login   bool
	stdin   bool
}

// options takes the options off the arguments. ok is false when the shell ends at once with code.
func (inv *invocation) options() (code int, ok bool) {
	sh := inv.sh
	wantsCommand := false
	for len(inv.args) > 0 {
		word := inv.args[0]
		if word == "-" || word == "--" {
			inv.args = inv.args[1:]
			break
		}
		if len(word) < 2 || word[0] != '-' && word[0] != '+' {
			break
		}
		inv.args = inv.args[1:]
		if strings.HasPrefix(word, "--") {
			if code, ok := inv.long(word[2:]); !ok {
				return code, false
			}
			continue
		}
		for i := 1; i < len(word); i++ {
			on := word[0] == '-'
			switch c := word[i]; {
			case c == 'c':
				wantsCommand = true
			case c == 's':
				inv.stdin = true
			case c == 'l':
				inv.login = true
			case c == 'i', c == 'D', c == 'r':
			case c == 'o' || c == 'O':
				if len(inv.args) == 0 {
					sh.complain("-%c: option requires an argument", c)
					return 2, false
				}
				name := inv.args[0]
				inv.args = inv.args[1:]
				if c == 'o' && !sh.opts.setName(name, on) || c == 'O' && !sh.opts.setShopt(name, on) {
					sh.complain("%s: invalid option name", name)
					return 2, false
				}
			case !sh.opts.setLetter(c, on):
				sh.complain("%s: invalid option", word[:1]+string(c))
				return 2, false
			}
		}
	}
	if wantsCommand {
		if len(inv.args) == 0 {
			sh.complain("-c: option requires an argument")
			return 2, false
		}
		inv.command, inv.args = &inv.args[0], inv.args[1:]
	}
	return 0, true
}

func (inv *invocation) long(name string) (code int, ok bool) {
	switch name {
	case "posix":
		inv.sh.opts.setName("posix", true)
	case "login":
		inv.login = true
	case "verbose":
		inv.sh.opts.setName("verbose", true)
	case "norc", "noprofile", "noediting", "restricted":
	case "version":
		return inv.sh.print("", "s6box, a shell in the flavour of GNU bash, version "+Version+"\n"), false
	default:
		inv.sh.complain("--%s: invalid option", name)
		return 2, false
	}
	return 0, true
}

// run runs the command, the file or standard input.
func (inv *invocation) run() {
	sh := inv.sh
	if sh.sys.login = inv.login; inv.login {
		inv.profile()
		if sh.stopped() {
			return
		}
	}
	switch {
	case inv.command != nil:
		sh.sys.command = true
		sh.set("BASH_EXECUTION_STRING", *inv.command)
		if len(inv.args) > 0 {
			sh.name, sh.args = inv.args[0], inv.args[1:]
		}
		sh.frames = nil
		sh.runText(&unit{name: "environment", label: "-c"}, *inv.command)
	case inv.stdin || len(inv.args) == 0:
		sh.sys.stdin = true
		sh.args = inv.args
		sh.frames = nil
		sh.runStream(&unit{name: "main"}, sh.stdinLine)
	default:
		inv.script()
	}
}

func (inv *invocation) script() {
	sh := inv.sh
	name := inv.args[0]
	file := name
	if _, err := sh.stat(name); err != nil && !strings.Contains(name, "/") {
		file = sh.findSource(name)
	}
	text, err := sh.readFile(file)
	if sh.isDir(file) {
		err = unix.EISDIR
	}
	if err != nil {
		sh.complain("%s: %s", name, reason(err))
		sh.status = 127
		if err == unix.EISDIR || err == unix.EACCES {
			sh.status = 126
		}
		return
	}
	if head, _, _ := strings.Cut(text[:min(len(text), 256)], "\n"); strings.IndexByte(head, 0) >= 0 {
		sh.complain("%s: cannot execute binary file", name)
		sh.status = 126
		return
	}
	sh.name, sh.args = name, inv.args[1:]
	sh.frames[0].unit.name = name
	sh.runText(&unit{name: name, file: true}, text)
}

// profile reads what a login shell reads.
func (inv *invocation) profile() {
	sh := inv.sh
	files := []string{"/etc/profile"}
	home := sh.value("HOME")
	for _, name := range []string{"/.bash_profile", "/.bash_login", "/.profile"} {
		if sh.exists(home + name) {
			files = append(files, home+name)
			break
		}
	}
	for _, name := range files {
		if sh.exists(name) && !sh.stopped() {
			sh.status = builtinSource(sh, []string{".", name})
		}
	}
}
