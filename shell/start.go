package shell

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// lookPath finds the program that name runs by the PATH of the shell, exported or not.
func (sh *Shell) lookPath(name string) (string, error) {
	st := sh.st.Clone()
	path, _ := sh.get("PATH")
	st.Env = proc.Env{"PATH=" + path}
	return st.LookPath(name)
}

// command is a program that the shell can start.
type command struct {
	path  string
	words []string
	name  string // as messages call it
	argv0 string // what the program is told it is called, if not words[0]
	ours  bool   // an applet of this binary, for the chain evaluator
	clean bool   // it gets no environment
	exec  bool   // exec names it
}

// findCommand resolves words[0]. The error is one to report, with the exit code to use.
func (sh *Shell) findCommand(words []string) (command, *failure) {
	name := words[0]
	c := command{words: words, name: name}
	path, err := sh.remembered(name)
	switch {
	case name == "":
	case err == nil:
		c.path = path
		base := path[strings.LastIndexByte(path, '/')+1:]
		c.ours = applet.Lookup(base) != nil && sh.st.IsSelf(path)
		return c, nil
	case applet.Lookup(name) != nil:
		c.ours = true
		return c, nil
	case errors.Is(err, unix.EACCES):
		return c, &failure{msg: name + ": Permission denied", code: 126}
	}
	if path, ok := sh.get("PATH"); (!ok || path == "") && name != "" {
		return c, &failure{msg: shown(name) + ": No such file or directory", code: 127}
	}
	return c, &failure{msg: shown(name) + ": command not found", code: 127}
}

// ourShell is this program as the shell called name.
func (sh *Shell) ourShell(name string, args []string) command {
	return command{path: proc.Self(), words: append([]string{name}, args...), name: name}
}

// cantExec words the failure to execute a file.
func (sh *Shell) cantExec(name, path string, err error) *failure {
	code := proc.ExecCode(err)
	st, statErr := sh.stat(path)
	switch {
	case statErr == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR:
		return &failure{msg: name + ": Is a directory", code: 126}
	case statErr == nil && errors.Is(err, unix.ENOENT):
		return &failure{msg: name + ": cannot execute: required file not found", code: 127}
	case statErr != nil && errors.Is(err, unix.ENOENT) && !strings.Contains(name, "/"):
		name = path // that PATH once had
	case errors.Is(err, unix.ENOEXEC):
		return &failure{msg: name + ": cannot execute binary file: Exec format error", code: 126}
	}
	return &failure{msg: name + ": " + reason(err), code: code}
}

// fallback finds another way to run a file that execve refused: a script without an interpreter line is a shell
// script. A shell that is not there is this one; for that of a script, standIn has seen to it.
func (sh *Shell) fallback(c command, err error) (command, bool) {
	if !errors.Is(err, unix.ENOEXEC) && !errors.Is(err, unix.ENOENT) {
		return c, false
	}
	text, readErr := sh.readHead(c.path)
	if readErr != nil {
		name := path.Base(c.path)
		return sh.ourShell(c.words[0], c.words[1:]), readErr == unix.ENOENT && strings.Contains(c.name, "/") && chain.IsShell(name)
	}
	line, _, _ := strings.Cut(text, "\n")
	if errors.Is(err, unix.ENOENT) || strings.HasPrefix(line, "#!") || strings.HasPrefix(line, "\x7fELF") || strings.IndexByte(line, 0) >= 0 {
		return c, false
	}
	return sh.ourShell("bash", append([]string{c.path}, c.words[1:]...)), true
}

func (sh *Shell) readHead(name string) (string, error) {
	fd, err := sh.open(name, unix.O_RDONLY)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	buf := make([]byte, 256)
	n, err := proc.FD(fd).Read(buf)
	return string(buf[:n]), ignoreEOF(err)
}

// standIn is c, or this shell for a script that names one which is not there.
func (sh *Shell) standIn(st *proc.State, c command) command {
	path, err := st.Path(c.path)
	if err != nil {
		return c
	}
	sb, _ := chain.ReadShebang(sys.AT, path)
	words, ok := sb.StandIn(st, path, c.words[1:])
	if !ok || !st.MayExecute(path) {
		return c
	}
	return command{path: proc.Self(), words: words, name: c.name}
}

// spawn starts c on st and returns its process id.
func (sh *Shell) spawn(st *proc.State, c command) (int, *failure) {
	c = sh.standIn(st, c)
	argv := c.words
	if c.argv0 != "" {
		argv = append([]string{c.argv0}, c.words[1:]...)
	}
	pid, err := st.Spawn(c.path, argv)
	if err == nil {
		return pid, nil
	}
	if other, ok := sh.fallback(c, err); ok {
		if pid, err := st.Spawn(other.path, other.words); err == nil {
			return pid, nil
		}
	}
	return 0, sh.cantExec(c.name, c.path, err)
}

// start starts a program without waiting for it. Where the outcome is known at once, pid is 0.
func (sh *Shell) start(words []string) (pid, code int) {
	c, bad := sh.findCommand(words)
	if bad == nil {
		st := sh.child()
		defer st.Release()
		st.Env = withUnderscore(st.Env, c)
		if c.ours {
			pid, status, err := chain.Start(st, words)
			if err == nil {
				return pid, exitCode(status)
			}
			bad = &failure{msg: words[0] + ": " + reason(err), code: 126}
		} else if pid, bad = sh.spawn(st, c); bad == nil {
			return pid, 0
		}
	}
	sh.complain("%s", bad.msg)
	return 0, bad.code
}

// external runs a program and waits for it.
func (sh *Shell) external(words []string) int {
	c, bad := sh.findCommand(words)
	if bad != nil {
		return sh.notFound(words, bad)
	}
	return sh.run(c)
}

// run runs c and waits for it.
func (sh *Shell) run(c command) int {
	st := sh.child()
	defer st.Release()
	st.Env = withUnderscore(st.Env, c)
	if c.ours {
		var status proc.Status
		var err error
		sh.blocking(func() { status, err = chain.Run(st, c.words) })
		if err != nil {
			sh.complain("%s: %s", c.name, reason(err))
			return 126
		}
		return exitCode(status)
	}
	pid, bad := sh.spawn(st, c)
	if bad != nil {
		sh.complainExec(c, bad)
		return bad.code
	}
	return sh.waitFor(pid)
}

// notFound gives a command_not_found_handle function the chance that bash gives it.
func (sh *Shell) notFound(words []string, bad *failure) int {
	if fn := sh.funcs["command_not_found_handle"]; fn != nil && bad.code == 127 && !strings.Contains(words[0], "/") {
		sub := sh.fork()
		sub.call(fn, append([]string{fn.name}, words...))
		return sub.end()
	}
	sh.complain("%s", bad.msg)
	return bad.code
}

// withUnderscore is env with the path of the program in $_, which exec hands on to nobody.
func withUnderscore(env proc.Env, c command) proc.Env {
	switch {
	case c.exec:
		return env.Unset("_")
	case c.path == "", c.clean:
		return env
	}
	return env.Set("_", c.path)
}

// waitFor waits for a program in the foreground.
func (sh *Shell) waitFor(pid int) int {
	var status proc.Status
	var err error
	sh.sys.last.interrupt.Store(false)
	sh.sys.last.awaiting.Store(true)
	sh.blocking(func() { status, err = proc.Wait(pid) })
	interrupted := status.Signal() == unix.SIGINT && sh.sys.last.interrupted()
	sh.sys.last.awaiting.Store(false)
	if err != nil {
		return 127
	}
	if sh.traps.signals != nil {
		sh.traps.signals.settle(sh.traps.has("CHLD"))
	}
	switch sig := status.Signal(); sig {
	case 0, unix.SIGINT, unix.SIGPIPE:
	case unix.SIGTERM:
		sh.obituary = signalText(int(sig)) + "\n"
	default:
		sh.obituary = sh.where() + obituary(pid, sig, sh.commandText()) + "\n"
	}
	if interrupted && sh.root() {
		sh.die(unix.SIGINT)
	}
	return exitCode(status)
}

// commandText is the running command as a message shows it.
func (sh *Shell) commandText() string {
	r := sh.running
	if r.cmd == nil {
		return ""
	}
	return r.unit.code(&syntax.Stmt{Cmd: r.cmd, Redirs: r.redirs})
}

// exitCode is what $? is for a status: 128 plus the signal for a program that one ended.
func exitCode(s proc.Status) int {
	if sig := s.Signal(); sig != 0 {
		return 128 + int(sig)
	}
	return s.Code()
}

// replace runs words in place of the shell, as exec does. argv0 is what the program is told it is called; clean says that it gets
// no environment.
func (sh *Shell) replace(words []string, argv0 string, clean bool) {
	c, bad := sh.findCommand(words)
	c.clean = clean
	if bad != nil {
		bad.msg = execMessage(bad.msg, sh.tailed)
	} else {
		if !sh.tailed {
			c.name, c.exec = sh.absolute(c.name), true
		}
		if !sh.root() {
			sh.traps.remove("EXIT")
			c.argv0 = argv0
			sh.exit(sh.run(c))
			return
		}
		if bad = sh.execve(c, argv0); bad == nil {
			return
		}
	}
	sh.complainExec(c, bad)
	sh.status = bad.code
	if !sh.opts.shopted("execfail") || !sh.root() {
		sh.leave(bad.code)
	}
}

// complainExec says what kept c from being executed. An exec says so twice.
func (sh *Shell) complainExec(c command, bad *failure) {
	sh.complain("%s", bad.msg)
	if why := strings.TrimPrefix(bad.msg, c.name+": "); c.exec && (why == "Permission denied" || why == "Is a directory") {
		sh.complain("exec: %s: cannot execute: %s", c.name, why)
	}
}

func execMessage(msg string, tail bool) string {
	if tail {
		return msg
	}
	return "exec: " + strings.Replace(msg, "command not found", "not found", 1)
}

// absolute is the name of a program as exec speaks of it: one with a slash is made a path from the root.
func (sh *Shell) absolute(name string) string {
	if strings.HasPrefix(name, "/") || !strings.Contains(name, "/") {
		return name
	}
	return sh.value("PWD") + "/" + strings.TrimPrefix(name, "./")
}

// execve makes this process c. It returns when that can't be done, or when c was an applet and is over.
func (sh *Shell) execve(c command, argv0 string) *failure {
	for n := range sh.files {
		sh.place(n)
	}
	env := sh.environ()
	level, _ := parseInt(sh.value("SHLVL"))
	if level > 0 && !c.clean {
		env = env.Set("SHLVL", itoa(level-1))
	}
	sh.st.Env = withUnderscore(env, c)
	if c.ours {
		sh.traps = traps{}
		sh.exit(chain.Exec(sh.st, hiddenName, c.words))
		return nil
	}
	if script := sh.standIn(sh.st, c); script.path != c.path {
		c, argv0 = script, script.words[0]
	}
	err := sh.st.Exec(c.path, append([]string{argv0}, c.words[1:]...))
	if other, ok := sh.fallback(c, err); ok {
		err = sh.st.Exec(other.path, other.words)
	}
	return sh.cantExec(c.name, c.path, err)
}

func parseInt(s string) (int, bool) {
	n := 0
	_, err := fmt.Sscan(s, &n)
	return n, err == nil
}
