package shell

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

func builtinSource(sh *Shell, words []string) int {
	sh.direct = false
	args, bad := flagsOf(words, "", nil)
	if bad != "" {
		return sh.invalidOption(words[0], bad)
	}
	if len(args) == 0 {
		sh.complain("%s: filename argument required", words[0])
		return sh.misuse(words[0])
	}
	name := sh.findSource(args[0])
	text, err := sh.readFile(name)
	if sh.isDir(name) {
		err = unix.EISDIR
	}
	if err != nil {
		if err == unix.EISDIR {
			sh.complain("%s: %s: is a directory", words[0], args[0])
		} else {
			sh.complain("%s: %s", args[0], reason(err))
		}
		if sh.opts.posix && sh.mild == 0 {
			sh.exit(1)
		}
		return 1
	}
	if strings.Count(text, "\x00") > 256 {
		sh.complain("%s: %s: cannot execute binary file", words[0], args[0])
		return 126
	}
	saved, recorded := sh.args, args[:1:1]
	if len(args) > 1 {
		recorded = sh.recorded(args[1:])
		sh.args = slices.Clone(args[1:])
	}
	shared, given := sh.args, sh.given
	sh.given = false
	line, running := sh.line, sh.running
	leave := sh.shieldTraps("DEBUG")
	sh.frames = append(sh.frames, frame{fn: "source", unit: &unit{name: name}, callLine: line, args: recorded, sourced: true})
	sh.nested++
	before := sh.status
	ran := sh.runText(&unit{name: name, file: true}, text)
	status := sh.status
	if !ran {
		sh.status, status = before, 0
	}
	if sh.ctl.kind == ctlReturn {
		sh.ctl = control{}
		sh.status = sh.returned
	}
	sh.nested--
	leave()
	sh.line, sh.running = line, running
	if sh.ctl.named {
		return sh.status
	}
	sh.frames = sh.frames[:len(sh.frames)-1]
	sh.runReturnTrap()
	if sh.ctl.kind == ctlNone {
		sh.status = status
	}
	if len(args) > 1 && (!sh.given || sh.inFunction() != nil) || slices.Equal(shared, sh.args) {
		sh.args = saved
	}
	sh.given = given || sh.given && len(args) == 1
	return sh.status
}

// findSource finds a file to source: along PATH when the name has no slash, then here.
func (sh *Shell) findSource(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	for dir := range strings.SplitSeq(sh.value("PATH"), ":") {
		if path := dir + "/" + name; dir != "" && sh.fileTest("-f", path) && sh.fileTest("-r", path) {
			return path
		}
	}
	return name
}

// replaces tells whether words are the exec builtin, however it is called.
func replaces(words []string) bool {
	for len(words) > 1 && (words[0] == "command" || words[0] == "builtin") {
		words = words[1:]
		if words[0] == "--" && len(words) > 1 {
			words = words[1:]
		}
	}
	return words[0] == "exec"
}

// execWords is exec, whose redirections stay.
func (sh *Shell) execWords(words []string, redirs *redirection) {
	for words[0] != "exec" {
		words = words[1:]
	}
	var clean, login bool
	argv0 := ""
	args, bad := flagsOf(words, "cla:", func(c byte, value string) {
		switch c {
		case 'c':
			clean = true
		case 'l':
			login = true
		case 'a':
			argv0 = value
		}
	})
	if bad != "" {
		redirs.undo()
		sh.status = sh.invalidOption("exec", bad)
		return
	}
	redirs.keep()
	if len(args) == 0 {
		sh.status = 0
		return
	}
	if argv0 == "" {
		argv0 = args[0]
	}
	if login {
		argv0 = "-" + argv0
	}
	if clean {
		sh.scope.each(func(_ string, v *variable) { v.flags &^= exported })
		sh.odd, sh.lastArg = nil, ""
	}
	sh.replace(args, argv0, clean)
}

func builtinExec(sh *Shell, words []string) int {
	sh.execWords(words, &redirection{sh: sh})
	return sh.status
}

func builtinCaller(sh *Shell, words []string) int {
	n := len(sh.frames) - 1
	if n < 0 {
		return 1
	}
	if len(words) == 1 {
		if n < 1 {
			return sh.print("caller", itoa(sh.frames[n].callLine)+" NULL\n")
		}
		return sh.print("caller", itoa(sh.frames[n].callLine)+" "+sh.frames[n-1].unit.name+"\n")
	}
	i, err := number(words[1])
	if err != nil {
		sh.complain("caller: %s: invalid number", words[1])
		return sh.misuse("caller")
	}
	if i < 0 || n-i < 1 {
		return 1
	}
	f := sh.frames[n-i]
	up := sh.frames[n-i-1]
	return sh.print("caller", itoa(f.callLine)+" "+up.fn+" "+up.unit.name+"\n")
}

// getopts is where getopts stands.
type getopts struct {
	at int // inside a word of several options
}

func builtinGetopts(sh *Shell, words []string) int {
	args, bad := flagsOf(words, "", nil)
	switch {
	case bad != "":
		return sh.invalidOption("getopts", bad)
	case len(args) < 2:
		return sh.misuse("getopts")
	}
	words = append(words[:1:1], args...)
	spec, name := words[1], words[2]
	args = sh.args
	if len(words) > 3 {
		args = words[3:]
	}
	silent := strings.HasPrefix(spec, ":")
	at := sh.opt.at
	i, _ := parseInt(sh.value("OPTIND"))
	if i = max(i, 1); i > len(args) || at >= len(args[i-1]) {
		at = 0
	}
	done := func(next int, at int, value string) int {
		sh.set("OPTIND", itoa(next))
		sh.opt.at = at
		return sh.assignResult("getopts", name, value)
	}
	if i > len(args) || at == 0 && (len(args[i-1]) < 2 || args[i-1][0] != '-') {
		sh.unset(ref{name: "OPTARG"})
		done(min(i, len(args)+1), 0, "?")
		return 1
	}
	word := args[i-1]
	if word == "--" && at == 0 {
		sh.unset(ref{name: "OPTARG"})
		done(i+1, 0, "?")
		return 1
	}
	at = max(at, 1)
	c := word[at : at+1]
	known := strings.Index(spec, c)
	next, nextAt := i, at+1
	if nextAt >= len(word) {
		next, nextAt = i+1, 0
	}
	sh.unset(ref{name: "OPTARG"})
	switch {
	case known < 0 || c == ":":
		if silent {
			sh.set("OPTARG", c)
		} else if sh.value("OPTERR") != "0" {
			sh.write(2, sh.name+": illegal option -- "+c+"\n")
		}
		return done(next, nextAt, "?")
	case known+1 < len(spec) && spec[known+1] == ':':
		if at+1 < len(word) {
			sh.set("OPTARG", word[at+1:])
			return done(i+1, 0, c)
		}
		if i >= len(args) {
			if silent {
				sh.set("OPTARG", c)
				return done(i+1, 0, ":")
			}
			if sh.value("OPTERR") != "0" {
				sh.write(2, sh.name+": option requires an argument -- "+c+"\n")
			}
			return done(i+1, 0, "?")
		}
		sh.set("OPTARG", args[i])
		return done(i+2, 0, c)
	}
	return done(next, nextAt, c)
}
