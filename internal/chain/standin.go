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
		words, program := sb.program(st)
		args = append([]string{file}, args...)
		if program == "" {
			words[0] = path.Base(words[0])
			return append(words, args...), IsShell(words[0])
		}
		if program[0] != '/' || st.IsSelf(program) {
			break
		}
		file, args = program, append(words[1:], args...)
		if sb, ok = ReadShebang(sys.AT, file); !ok {
			break
		}
	}
	return nil, false
}

// program is the file that interprets, also behind an env, with the words it is called with; "" if that is not there.
func (sb Shebang) program(st *proc.State) (words []string, file string) {
	words = sb.Words()
	if path.Base(words[0]) == "env" && sb.Arg != "" {
		words = words[1:]
		if split, ok := strings.CutPrefix(sb.Arg, "-S "); ok && !strings.ContainsAny(split, `'"$\`) {
			words = strings.Fields(split)
		}
		file, err := st.LookPath(words[0])
		if err != nil && err != unix.ENOENT {
			file = words[0]
		}
		return words, file
	}
	if missing(words[0]) {
		return words, ""
	}
	return words, words[0]
}

// instead is the command line of this program for one whose program, a path, or the interpreter of that is a shell that
// is not there.
func (to target) instead(st *proc.State, file string, argv []string) (words []string, ok bool) {
	if name := path.Base(argv[0]); name != argv[0] && IsShell(name) && missing(file) {
		return argv, true
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
