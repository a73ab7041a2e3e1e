package supervise

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// shebang is the first line of a script: the interpreter and the one argument it may have.
type shebang struct {
	interpreter, arg string
	crlf             bool
}

// readShebang reads the first line of a file; ok is false if that names no interpreter.
func readShebang(dir int, file string) (sb shebang, ok bool) {
	head, err := sys.ReadLine(dir, file, 256)
	if err != nil {
		return shebang{}, false
	}
	line, ok := strings.CutPrefix(string(head), "#!")
	line, sb.crlf = strings.CutSuffix(line, "\r")
	sb.interpreter, sb.arg, _ = strings.Cut(strings.Trim(line, " \t"), " ")
	sb.arg = strings.TrimLeft(sb.arg, " \t")
	return sb, ok && sb.interpreter != ""
}

// interpreted runs a script that may not be executed, for want of its mode bit or because the file system
// is mounted noexec, through the interpreter it names. failure is why executing it failed.
func (s *service) interpreted(st *proc.State, file string, argv []string, failure error) (int, error) {
	sb, ok := readShebang(s.at(), file)
	if failure != unix.EACCES || !ok || sb.crlf {
		return 0, failure
	}
	words := []string{sb.interpreter}
	if sb.arg != "" {
		words = append(words, sb.arg)
	}
	pid, err := st.Spawn(sb.interpreter, append(append(words, file), argv[1:]...))
	if err != nil {
		return 0, failure
	}
	if !executable(s.at(), file) && !s.warned {
		s.warned = true
		s.warn("%s is not executable, running it with %s: chmod +x is missing", file, sb.interpreter)
	}
	return pid, nil
}

func executable(dir int, file string) bool {
	var st unix.Stat_t
	return unix.Fstatat(dir, file, &st, 0) == nil && st.Mode&0o111 != 0
}

// whyNot is the reason why executing file failed, with what to do about it.
func (s *service) whyNot(file string, err error) string {
	reason := applet.Reason(err)
	sb, ok := readShebang(s.at(), file)
	there, _ := sys.Exists(s.at(), file)
	switch {
	case !there:
	case ok && sb.crlf:
		reason += " (" + file + " has CRLF line endings: convert them to LF)"
	case err == unix.ENOENT && ok:
		reason += " (interpreter " + sb.interpreter + " of " + file + " is missing)"
	case err == unix.EACCES && !executable(s.at(), file):
		reason += " (" + file + " is not executable)"
	case err == unix.ENOEXEC && !ok:
		reason += " (" + file + " has no #! line)"
	}
	return reason
}
