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
	if !found || sb.CRLF {
		return nil, false
	}
	if there, err := sys.Exists(sys.AT, sb.Interpreter); there || err != nil {
		return nil, false
	}
	name := sb.Interpreter[strings.LastIndexByte(sb.Interpreter, '/')+1:]
	if name == "env" {
		name, sb.Arg = sb.Arg, ""
	}
	argv = []string{name}
	if sb.Arg != "" {
		argv = append(argv, sb.Arg)
	}
	return append(append(argv, file), args...), IsShell(name)
}

// execute executes or starts the target with try, called as argv: what along does, or the stand-in for its interpreter.
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
	if words, ok := StandIn(sys.AT, path, argv[1:]); ok {
		return try(proc.Self(), words)
	}
	return err
}
