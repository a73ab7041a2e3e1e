package overlay

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// executable is argv, or how to run it where it is a script that lacks the mode bit: through the interpreter it
// names, with a warning.
func (l *life) executable(argv []string) []string {
	st := proc.New(l.env)
	defer st.Release()
	words := interpreter(st, argv[0])
	if words == nil {
		return argv
	}
	l.warn("%s is not executable, running it with %s: chmod +x is missing", argv[0], words[0])
	return append(words, argv...)
}

// interpreter is how to run a script that can't be executed for want of its mode bit or because of its file
// system: the interpreter it names, and its argument. It is nil for everything else.
func interpreter(st *proc.State, file string) []string {
	if !strings.HasPrefix(file, "/") || unix.Faccessat(unix.AT_FDCWD, file, unix.X_OK, unix.AT_EACCESS) != unix.EACCES {
		return nil
	}
	sb, ok := chain.ReadShebang(sys.AT, file)
	if !ok {
		return nil
	}
	if words, ok := sb.StandIn(st, file, nil); ok {
		return words[:len(words)-1]
	}
	return sb.Words()
}

// byShell is argv, or how to run it where it is a script without a #! line, which execve refuses: by sh, as a shell does.
// dir is where it runs.
func (l *life) byShell(argv []string, dir, file string) []string {
	if !bareScript(absolute(dir, file)) {
		return argv
	}
	l.warn("%s has no #! line, running it with sh", file)
	return append([]string{"sh", file}, argv[1:]...)
}

// absolute is a path as it is known outside of the directory it starts in.
func absolute(dir, path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	return dir + "/" + path
}

// bareScript tells whether a file can be executed, but by a shell alone: it is text, and does not say what runs it.
func bareScript(file string) bool {
	var st unix.Stat_t
	if unix.Stat(file, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG ||
		unix.Faccessat(unix.AT_FDCWD, file, unix.X_OK, unix.AT_EACCESS) != nil {
		return false
	}
	head, err := sys.ReadFile(sys.AT, file, 256)
	line, _, _ := strings.Cut(string(head), "\n")
	return err == nil && !strings.HasPrefix(line, "#!") && !strings.HasPrefix(line, "\x7fELF") && strings.IndexByte(line, 0) < 0
}

// patchedInit runs an image's own rc.init, which brings everything up, runs the command and stops the
// container when that has ended. ended says that it did not come that far.
func (l *life) patchedInit() (code int, ended bool) {
	code = l.runStage(skel+"/rc.init", append([]string{topBundle}, l.inv.Args...)...)
	if code == 0 || l.stopping() {
		return 0, false
	}
	l.warn("%s/rc.init exited %d", skel, code)
	return code, l.latest().Failures >= failuresStop || len(l.inv.Args) > 0
}

// runStage runs a script of the stages that an image has changed, and waits for it.
func (l *life) runStage(file string, args ...string) (code int) {
	st := proc.New(l.env)
	defer st.Release()
	st.BorrowFD(0, l.stdio[0])
	st.Setsid()
	argv := l.executable(append([]string{file}, args...))
	status, err := l.child(file, func() (int, proc.Status, error) { return chain.StartRest(st, prog, argv) })
	if err != nil {
		l.warn("unable to run %s: %s", file, applet.Reason(err))
		return applet.ExitSystem
	}
	return exitCodeOf(status)
}
