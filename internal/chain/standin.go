package chain

import (
	"path"

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

// StandIn is the command line of this program for the script file if its interpreter is a shell that is not there, or an
// env that does not find it along the PATH of st.
func (sb Shebang) StandIn(st *proc.State, file string, args []string) (argv []string, ok bool) {
	if sb.CRLF {
		return nil, false
	}
	name := path.Base(sb.Interpreter)
	there := func() bool { return !missing(sb.Interpreter) }
	if name == "env" {
		name, sb.Arg = sb.Arg, ""
		there = func() bool { _, err := st.LookPath(name); return err != unix.ENOENT }
	}
	if !IsShell(name) || there() {
		return nil, false
	}
	argv = []string{name}
	if sb.Arg != "" {
		argv = append(argv, sb.Arg)
	}
	return append(append(argv, file), args...), true
}

// instead is the command line of this program for one whose program, a path, or the interpreter of that is a shell that
// is not there.
func (to target) instead(st *proc.State, file string, argv []string) (words []string, ok bool) {
	if name := path.Base(argv[0]); name != argv[0] && IsShell(name) && missing(file) {
		return append([]string{name}, argv[1:]...), true
	}
	if to.noScript {
		return nil, false
	}
	sb, _ := ReadShebang(sys.AT, file)
	return sb.StandIn(st, file, argv[1:])
}

func missing(path string) bool {
	there, err := sys.Exists(sys.AT, path)
	return !there && err == nil
}

// execute executes or starts the target with try, called as argv: what along does, or the stand-in for a shell.
func (to target) execute(st *proc.State, dirs string, argv []string, try func(path string, argv []string) error) error {
	path, err := st.Path(to.path)
	words, ok := []string(nil), false
	if err == nil && to.applet == nil {
		words, ok = to.instead(st, path, argv)
	}
	if ok && st.MayExecute(path) { // else it is for the kernel to say why not
		return try(proc.Self(), words)
	}
	called := to.call(st, argv)
	err = to.along(st, dirs, argv[0], func(path string) error { return try(path, called) })
	if err == unix.ENOENT && ok {
		return try(proc.Self(), words)
	}
	return err
}
