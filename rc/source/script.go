package source

import (
	"bytes"
	"errors"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
	"s6box/execline/lint"
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/sys"
)

// oneshot reads the command lines of a oneshot. One that has no up, or a blank one, but a script run, is
// that script: people expect it from longruns.
func (r *reader) oneshot() {
	d := r.def
	var ok bool
	if r.d.has("up") {
		d.Up, ok = r.command("up")
	}
	if !ok && r.d.has("run") {
		d.Up = r.run("run", "its up is absent or blank")
	} else if !r.d.has("up") {
		r.unreadable("open", "up", unix.ENOENT, "a oneshot needs a file up holding a command line")
	}
	d.Down, _ = r.command("down")
	d.Reload, _ = r.command("reload")
}

// command returns the command line in a file, and whether there is any. A file that is plainly a script
// rather than a command line is run as one.
func (r *reader) command(name string) (argv []string, ok bool) {
	if !r.d.has(name) {
		return nil, false
	}
	text, ok := r.textTo("parse", name)
	if !ok {
		return nil, true
	}
	interpreter, shebang := shebangOf(text)
	if shebang && path.Base(interpreter[0]) != "execlineb" {
		return r.run(name, "it begins with #!"), true
	}
	argv, err := lex.Parse([]byte(text))
	if sign := shellSign(text, argv); !shebang && sign != "" {
		return r.run(name, sign), true
	}
	var bad *lex.Error
	if errors.As(err, &bad) {
		hint := "line " + decimal(uint32(bad.Line))
		if bad.Detail != "" {
			hint += ": " + bad.Detail
		}
		r.fatal(Place{r.path(name), bad.Line}, hint, "syntax error in %s: %s", r.path(name), bad.Kind)
		return nil, true
	}
	if len(argv) > 0 {
		r.relative(name, argv[0])
	}
	return argv, len(argv) > 0
}

// relative warns of a program that is looked for elsewhere than beside the file name, whatever stands there.
func (r *reader) relative(name, program string) {
	if strings.HasPrefix(program, "/") || !strings.Contains(program, "/") && (!r.d.has(program) || applet.Lookup(program) != nil) {
		return
	}
	where := "along PATH"
	if strings.Contains(program, "/") {
		where = "in the directory of the server of oneshots"
	}
	hint := "write its whole path"
	if file := path.Clean(program); r.d.has(file) {
		hint = "write " + r.path(file)
	}
	r.add(Problem{Severity: Warning, At: Place{r.path(name), 1}, Text: r.path(name) + ": " + Show(program) + " is looked for " + where + ", not here", Hint: hint})
}

// run returns the command line that runs a file of the definition as a script, and says so.
func (r *reader) run(name, why string) []string {
	data, mode, err := r.d.readMode(name)
	if err != nil {
		r.unreadable("read", name, err, "")
		return nil
	}
	file := r.absolute(name)
	r.notice(Place{File: r.path(name)}, why, "%s is run as a script", r.path(name))
	interpreter, shebang := shebangOf(strings.TrimPrefix(string(data), bom))
	dos := bytes.Contains(data, []byte("\r\n")) || bytes.HasPrefix(data, []byte(bom))
	switch {
	case bytes.HasPrefix(data, []byte("\x7fELF")):
		return []string{file}
	case dos && (!shebang || takesText(interpreter)):
		if !shebang {
			interpreter = []string{"sh"}
		}
		return append(interpreter, "-c", r.unix(name, string(data)), file)
	case dos:
		r.fatal(Place{File: r.path(name)}, "write it anew with Unix ones", "%s has DOS line ends or a byte order mark, which %s can't read", r.path(name), interpreter[0])
		return nil
	case !shebang:
		return []string{"sh", file}
	case mode&0o111 == 0:
		return append(interpreter, file)
	}
	return []string{file}
}

// absolute returns the path of a file of the definition that will hold wherever it is used.
func (r *reader) absolute(name string) string {
	path, err := sys.RealPath(r.path(name))
	if err != nil {
		r.unreadable("resolve", name, err, "")
	}
	return path
}

// script reads run or finish. The copy that is made of it is executable and has Unix line ends.
func (r *reader) script(name string) []byte {
	data, err := r.d.read(name)
	if name == "run" && err == nil && len(data) == 0 { // a daemon that is a link to /dev/null is none
		var mode uint32
		if _, mode, err = r.d.readMode(name); mode&unix.S_IFMT == unix.S_IFCHR {
			err = unix.EINVAL
		}
	}
	if err != nil {
		if err == unix.EISDIR || err == unix.EINVAL {
			r.fatal(Place{File: r.path(name)}, "it has to be a script or a program", "%s is not a regular file", r.path(name))
			return nil
		}
		r.unreadable("read", name, err, "")
		return nil
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	line, marked := bytes.CutPrefix(line, []byte(bom))
	if bytes.HasPrefix(line, []byte("#!")) && (marked || bytes.HasSuffix(line, []byte("\r"))) {
		data = []byte(r.unix(name, string(data)))
	}
	return data
}

// shebangOf returns what the kernel makes of a script's first line: the interpreter and maybe one argument.
func shebangOf(text string) (words []string, ok bool) {
	line, _, _ := strings.Cut(text, "\n")
	sb, ok := chain.ParseShebang(line)
	return sb.Words(), ok
}

// takesText tells whether what an interpreter line calls is a shell that -c gives the text of the script.
func takesText(interpreter []string) bool {
	last := interpreter[len(interpreter)-1]
	return shell(last) || shell(interpreter[0]) && strings.HasPrefix(last, "-") && strings.Trim(last, "-") != ""
}

func shell(name string) bool {
	switch path.Base(name) {
	case "sh", "bash", "dash", "ash", "ksh", "zsh":
		return true
	}
	return false
}

// shellSign finds what shows that a file was written for a shell and not as one command line; "" if
// nothing does. A command line that begins with a command of execline, which goes on with the words that
// follow, is never taken for one.
func shellSign(text string, argv []string) string {
	first, lines := "", 0
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" || strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
			continue
		}
		if first == "" {
			line = strings.TrimLeft(line, " \t")
		}
		word, rest, _ := strings.Cut(line, " ")
		if first == "" {
			if first = word; chains(word, argv) || argv == nil && strings.HasPrefix(strings.TrimLeft(rest, " "), "{") {
				return ""
			}
		}
		lines++
		if sign := shellLine(word, rest); sign != "" {
			return sign
		}
		if lines > 1 && ends(first) && (ends(word) || strings.HasPrefix(word, "/")) {
			return "it has several commands, of which " + path.Base(first) + " does not go on to the next"
		}
	}
	return ""
}

// chains tells whether a command line begins with one of our commands that go on with their arguments. The
// names that shells have too count only with a block among their words.
func chains(word string, argv []string) bool {
	a := applet.Lookup(path.Base(word))
	if a == nil || a.Chain == nil {
		return false
	}
	switch word {
	case "if", "case", "trap", "wait", "export", "unexport", "exec", "cd", "umask", "exit":
		for _, w := range argv {
			if w == "" {
				return true
			}
		}
		return word == "cd" || word == "umask" || word == "exec" || word == "wait" || word == "exit"
	}
	return true
}

// shellLine finds what no command line holds at the beginning of a line.
func shellLine(word, rest string) string {
	switch word {
	case "then", "fi", "else", "elif", "do", "done", "esac", "source", ".", "set", "local", "function", "[", "[[":
		return "it has the shell's word " + word
	case "if", "for", "while", "until":
		return "it has the shell's word " + word
	}
	if name, _, ok := strings.Cut(word, "="); ok && identifier(name) {
		return "it assigns the variable " + name + " as shells do"
	}
	if name, _, ok := strings.Cut(rest, "="); ok && word == "export" && identifier(name) {
		return "it assigns the variable " + name + " as shells do"
	}
	if strings.HasSuffix(word, "()") {
		return "it defines the function " + word
	}
	return operator(word, " "+rest+" ")
}

// operator finds what stands between commands of a shell, or redirects one, and has another meaning for few programs.
func operator(word, rest string) string {
	if strings.ContainsAny(rest, `'"\\`) {
		return ""
	}
	ops := []string{" && ", " || ", "; then", "; do"}
	if !lint.HasOperators(word) {
		ops = append(ops, " > ", " >/", " >> ", " >>/", " 2>/", " 2>&1 ", " >&2 ", " | ")
	}
	for _, op := range ops {
		if strings.Contains(rest, op) {
			return "it has the shell's " + strings.Trim(op, " /")
		}
	}
	return ""
}

func identifier(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if s[i] != '_' && (c < 'a' || c > 'z') && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

// ends tells whether a word is a well-known command that does not run its arguments.
func ends(word string) bool {
	switch path.Base(word) {
	case "echo", "printf", "mkdir", "chown", "chmod", "chgrp", "cp", "mv", "rm", "ln", "touch", "cat", "sed", "grep",
		"sleep", "install", "rmdir", "mount", "mkfifo", "test", "usermod", "groupmod", "useradd", "adduser", "s6-echo":
		return true
	}
	return false
}
