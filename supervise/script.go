package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

// interpreted runs a script that may not be executed, for want of its mode bit or because the file system
// is mounted noexec, through the interpreter it names, or ours if that is a shell that is not there. failure is why
// executing it failed.
func (s *service) interpreted(st *proc.State, sb chain.Shebang, file string, argv []string, failure error) (int, error) {
	if failure != unix.EACCES || sb.Interpreter == "" || sb.CRLF {
		return 0, failure
	}
	program := sb.Interpreter
	words, ours := sb.StandIn(st, file, argv[1:])
	if ours {
		program = proc.Self()
	} else {
		words = append(append(sb.Words(), file), argv[1:]...)
	}
	pid, err := st.Spawn(program, words)
	if err != nil {
		return 0, failure
	}
	if !executable(s.at(), file) && !s.warned {
		s.warned = true
		s.warn("%s is not executable, running it with %s: chmod +x is missing", file, sb.Interpreter)
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
	sb, script := chain.ReadShebang(s.at(), file)
	var st unix.Stat_t
	switch {
	case err == unix.ENOENT && unix.Fstatat(s.at(), file, &st, unix.AT_SYMLINK_NOFOLLOW) == unix.ENOENT:
		return reason + " (there is no " + file + ")"
	case err == unix.EACCES && script && !sb.CRLF && !executable(s.at(), file):
		return reason + " (" + file + " is not executable, and its interpreter " + sb.Interpreter + " can't be executed in its place)"
	case err == unix.EACCES && !script && executable(s.at(), file) && chain.Noexec(s.at(), file):
		return reason + " (" + file + " is a program, and the file system it is on is mounted noexec: make it a script that runs the program from elsewhere)"
	}
	return reason + chain.Hint(s.at(), file, err)
}
