package chain

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// IsShell tells whether a name is that of a shell that has a stand-in in this program.
func IsShell(name string) bool {
	switch name {
	case "sh", "bash", "ash", "dash":
		return applet.Lookup(name) != nil
	}
	return false
}

// StandIn is the command line of this program for a script that could not be executed since its interpreter is a shell
// that is not there, nor an env that would look for one. file is relative to dirfd.
func StandIn(dirfd int, file string, args []string) (argv []string, ok bool) {
	sb, found := ReadShebang(dirfd, file)
	if !found || sb.CRLF || !missing(sb.Interpreter) {
		return nil, false
	}
	name := base(sb.Interpreter)
	if name == "env" {
		name, sb.Arg = sb.Arg, ""
	}
	argv = []string{name}
	if sb.Arg != "" {
		argv = append(argv, sb.Arg)
	}
	return append(append(argv, file), args...), IsShell(name)
}

// instead is the command line of this program for one that could not be executed since its program, a path, or the
// interpreter of that is a shell that is not there.
func instead(path string, argv []string) (words []string, ok bool) {
	if name := base(argv[0]); name != argv[0] && IsShell(name) && missing(path) {
		return append([]string{name}, argv[1:]...), true
	}
	return StandIn(sys.AT, path, argv[1:])
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func missing(path string) bool {
	there, err := sys.Exists(sys.AT, path)
	return !there && err == nil
}

// execute executes or starts the target with try, called as argv: what along does, or the stand-in for a shell.
func (to target) execute(st *proc.State, dirs string, argv []string, try func(path string, argv []string) error) error {
	called := to.call(st, argv)
	err := to.along(st, dirs, argv[0], func(path string) error { return try(path, called) })
	if err != unix.ENOENT || to.applet != nil {
		return err
	}
	path, perr := st.Path(to.path)
	if perr != nil {
		return err
	}
	if words, ok := instead(path, argv); ok {
		return try(proc.Self(), words)
	}
	return err
}
