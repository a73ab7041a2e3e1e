package chain

import (
	"path"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// Shebang is the first line of a script: the interpreter and the one argument it may have.
type Shebang struct {
	Interpreter, Arg string
	CRLF             bool // the line ends as in DOS
}

// Words are those that a script is run with: the interpreter and its argument.
func (sb Shebang) Words() []string {
	if sb.Arg == "" {
		return []string{sb.Interpreter}
	}
	return []string{sb.Interpreter, sb.Arg}
}

// ReadShebang reads the first line of a file; ok is false if that names no interpreter.
func ReadShebang(dirfd int, file string) (sb Shebang, ok bool) {
	head, err := sys.ReadLine(dirfd, file, 256)
	if err != nil {
		return Shebang{}, false
	}
	return ParseShebang(string(head))
}

// ParseShebang makes of the first line of a script what the kernel does. The zero Shebang, where ok is false, is that of
// a file which is nobody's script.
func ParseShebang(line string) (sb Shebang, ok bool) {
	const blanks = " \t"
	if line, ok = strings.CutPrefix(line, "#!"); !ok {
		return Shebang{}, false
	}
	line, sb.CRLF = strings.CutSuffix(line, "\r")
	line = strings.Trim(line, blanks)
	end := strings.IndexAny(line, blanks)
	if end < 0 {
		end = len(line)
	}
	sb.Interpreter, sb.Arg = line[:end], strings.TrimLeft(line[end:], blanks)
	return sb, sb.Interpreter != ""
}

// nested bounds how many scripts may interpret one another, as in the kernel.
const nested = 4

// Applet tells which of our commands interprets the script file, and with which arguments: what the kernel would have it
// called with. file is relative to dirfd; may tells whether a file can be executed. ok is false for a script that is
// somebody else's.
func (sb Shebang) Applet(st *proc.State, dirfd int, file string, args []string, may func(file string) bool) (a *applet.Applet, argv []string, ok bool) {
	for range nested {
		if sb.CRLF {
			return nil, nil, false
		}
		name := path.Base(sb.Interpreter)
		argv = append(append(sb.Words(), file), args...)
		script, byName := strings.CutPrefix(sb.Arg, "--script=")
		if byName {
			name, argv = script, argv[2:] // as `s6box --script=NAME FILE args` does
		}
		if a = applet.Lookup(name); a == nil || !may(file) {
			return nil, nil, false
		}
		if st.IsSelf(sb.Interpreter) {
			return a, argv, true
		}
		if byName || sb.Interpreter[0] != '/' {
			return nil, nil, false
		}
		file, args = sb.Interpreter, argv[1:]
		if sb, ok = ReadShebang(dirfd, file); !ok {
			break
		}
	}
	return nil, nil, false
}

// script is the command of ours that interprets the program to, called with argv, and its command line; nil if that is
// no such script, or where it is not for this process to say whether it could be executed.
func (to *target) script(st *proc.State, argv []string) (a *applet.Applet, words []string) {
	if !strings.HasPrefix(to.path, "/") {
		return nil, nil
	}
	sb, found := ReadShebang(sys.AT, to.path)
	if !found {
		to.noScript = true
		return nil, nil
	}
	a, words, _ = sb.Applet(st, sys.AT, to.path, argv[1:], st.MayExecute)
	return a, words
}
