package chain

import (
	"path"
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

// StandIn is the command line of this program for the script file if its interpreter is a shell that is not there, or an
// env that does not find it along the PATH of st, or a script of which that is true.
func (sb Shebang) StandIn(st *proc.State, file string, args []string) (argv []string, ok bool) {
	for range nested {
		if sb.CRLF {
			break
		}
		args = append([]string{file}, args...)
		if argv, ok = sb.missingShell(st); ok {
			return append(argv, args...), true
		}
		if file = sb.Interpreter; !strings.HasPrefix(file, "/") || st.IsSelf(file) {
			break
		}
		args = append(sb.Words()[1:], args...)
		if sb, ok = ReadShebang(sys.AT, file); !ok {
			break
		}
	}
	return nil, false
}

// missingShell is the shell that a first line asks for, by its name, and the arguments it gets; ok is false if that is there.
func (sb Shebang) missingShell(st *proc.State) (words []string, ok bool) {
	words = sb.Words()
	words[0] = path.Base(words[0])
	if words[0] != "env" {
		return words, IsShell(words[0]) && missing(sb.Interpreter)
	}
	words = words[1:]
	if split, ok := strings.CutPrefix(sb.Arg, "-S"); ok && !strings.ContainsAny(split, `'"$\`) {
		words = strings.Fields(split)
	}
	if len(words) == 0 || !IsShell(words[0]) {
		return nil, false
	}
	_, err := st.LookPath(words[0])
	return words, err == unix.ENOENT
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
