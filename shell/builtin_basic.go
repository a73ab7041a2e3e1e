package shell

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

func builtinEcho(sh *Shell, words []string) int {
	args := words[1:]
	newline, decode := true, sh.opts.shopted("xpg_echo")
	for len(args) > 0 && isEchoOption(args[0]) {
		for _, c := range args[0][1:] {
			switch c {
			case 'n':
				newline = false
			case 'e':
				decode = true
			case 'E':
				decode = false
			}
		}
		args = args[1:]
	}
	out := strings.Join(args, " ")
	if decode {
		var stop bool
		if out, stop = escapes(out, escEcho); stop {
			newline = false
		}
	}
	if newline {
		out += "\n"
	}
	return sh.print("echo", out)
}

func isEchoOption(s string) bool {
	return len(s) > 1 && s[0] == '-' && strings.Trim(s[1:], "neE") == ""
}

func builtinBreak(sh *Shell, words []string) int {
	if sh.loops == 0 {
		if !sh.opts.posix {
			sh.complain("%s: only meaningful in a `for', `while', or `until' loop", words[0])
		}
		return 0
	}
	args, count := words[1:], 1
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) > 0 {
		var err error
		if count, err = number(args[0]); err != nil {
			sh.complain("%s: %s: numeric argument required", words[0], args[0])
			sh.exit(128)
			return 128
		}
	}
	if len(args) > 1 {
		sh.complain("%s: too many arguments", words[0])
		sh.fail(&failure{code: 1})
		return 1
	}
	if count <= 0 {
		sh.complain("%s: %d: loop count out of range", words[0], count)
		sh.ctl = control{kind: ctlBreak, count: sh.loops}
		return 1
	}
	kind := ctlBreak
	if words[0] == "continue" {
		kind = ctlContinue
	}
	sh.ctl = control{kind: kind, count: min(count, sh.loops)}
	return 0
}

func builtinReturn(sh *Shell, words []string) int {
	if sh.inFunction() == nil && !slices.ContainsFunc(sh.frames, func(f frame) bool { return f.sourced }) {
		if sh.sys.called == "sh" { // ends the script in dash and ash
			return builtinExit(sh, words)
		}
		sh.complain("return: can only `return' from a function or sourced script")
		return 2
	}
	code, ok := sh.exitArgument(words)
	if !ok && len(words) > 2 {
		sh.fail(&failure{code: 1})
		return 1
	}
	sh.returned = sh.status
	sh.ctl = control{kind: ctlReturn}
	return code
}

func builtinExit(sh *Shell, words []string) int {
	code, ok := sh.exitArgument(words)
	if !ok {
		if len(words) > 2 {
			sh.fail(&failure{code: 1})
			return 1
		}
		code = 2
	}
	sh.leave(code)
	return sh.status
}

func builtinLogout(sh *Shell, words []string) int {
	if !sh.sys.login {
		sh.complain("logout: not login shell: use `exit'")
		return 1
	}
	return builtinExit(sh, words)
}

// exitArgument is the exit code that exit and return are given, by default the last one.
func (sh *Shell) exitArgument(words []string) (int, bool) {
	args := words[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	switch {
	case len(args) == 0:
		return sh.statusBefore(words[0]), true
	case len(args) > 1:
		sh.complain("%s: too many arguments", words[0])
		return 1, false
	}
	n, err := wideNumber(args[0])
	if err != nil {
		sh.complain("%s: %s: numeric argument required", words[0], args[0])
		return 2, false
	}
	return int(n & 0xff), true
}

func builtinShift(sh *Shell, words []string) int {
	n := 1
	if len(words) > 2 {
		sh.complain("shift: too many arguments")
		sh.fail(&failure{code: 1})
		return 1
	}
	if len(words) > 1 {
		var err error
		if n, err = number(words[1]); err != nil {
			sh.complain("shift: %s: numeric argument required", words[1])
			return 1
		}
	}
	if n < 0 || n > len(sh.args) {
		if len(words) > 1 && (n < 0 || sh.opts.shopted("shift_verbose")) {
			sh.complain("shift: %d: shift count out of range", n)
		} else if sh.opts.shopted("shift_verbose") {
			sh.complain("shift: shift count out of range")
		}
		return 1
	}
	sh.args = sh.args[n:]
	return 0
}

func builtinEval(sh *Shell, words []string) int {
	sh.direct = false
	args, bad := flagsOf(words, "", nil)
	if bad != "" {
		return sh.invalidOption("eval", bad)
	}
	text := strings.Join(args, " ")
	if strings.TrimSpace(text) == "" {
		return 0
	}
	unit := &unit{name: sh.unit.name, file: sh.unit.file, label: "eval", base: sh.line - 1}
	running := sh.running
	sh.nested++
	ran := sh.runText(unit, text)
	sh.nested--
	sh.running = running
	if !ran {
		return 0
	}
	return sh.status
}

func builtinLet(sh *Shell, words []string) int {
	args := words[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		sh.complain("let: expression expected")
		return 1
	}
	var last int64
	for _, text := range args {
		n, err := sh.arith(text)
		if err != nil {
			sh.arithFailed("let", err)
			return sh.status
		}
		last = n
	}
	return boolStatus(last != 0)
}

func builtinUmask(sh *Shell, words []string) int {
	symbolic, reuse := false, false
	args, bad := flagsOf(words, "Sp", func(c byte, _ string) {
		symbolic = symbolic || c == 'S'
		reuse = reuse || c == 'p'
	})
	if bad != "" {
		return sh.invalidOption("umask", bad)
	}
	mask := sh.st.CurrentUmask()
	if len(args) == 0 {
		text := "0" + strconv.FormatInt(int64(mask|0o1000), 8)[1:]
		prefix := "umask "
		if symbolic {
			text, prefix = proc.SymbolicMask(mask), "umask -S "
		}
		if reuse {
			text = prefix + text
		}
		return sh.print("umask", text+"\n")
	}
	next, problem := parseMask(args[0], mask)
	if problem != "" {
		sh.complain("umask: %s", problem)
		return 1
	}
	sh.st.Umask(next)
	if symbolic {
		return sh.print("umask", proc.SymbolicMask(next)+"\n")
	}
	return 0
}

// parseMask reads an octal mask, or a symbolic mode that says what to allow.
func parseMask(s string, mask int) (next int, problem string) {
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		n, err := strconv.ParseUint(s, 8, 12)
		if err != nil {
			return 0, s + ": octal number out of range"
		}
		n &= 0o777
		return int(n), ""
	}
	allowed := ^mask & 0o777
	for clause := range strings.SplitSeq(s, ",") {
		at := len(clause) - len(strings.TrimLeft(clause, "ugoa"))
		if at == len(clause) || strings.IndexByte("+-=", clause[at]) < 0 {
			return 0, "`" + (clause + "\x00")[at:at+1] + "': invalid symbolic mode operator"
		}
		who := 0
		for _, c := range clause[:at] {
			switch c {
			case 'u':
				who |= 0o700
			case 'g':
				who |= 0o070
			case 'o':
				who |= 0o007
			case 'a':
				who |= 0o777
			}
		}
		if who == 0 {
			who = 0o777
		}
		perm := 0
		for _, c := range clause[at+1:] {
			switch c {
			case 'r':
				perm |= 0o444
			case 'w':
				perm |= 0o222
			case 'x':
				perm |= 0o111
			default:
				return 0, "`" + string(c) + "': invalid symbolic mode character"
			}
		}
		switch clause[at] {
		case '+':
			allowed |= who & perm
		case '-':
			allowed &^= who & perm
		default:
			allowed = allowed&^who | who&perm
		}
	}
	return ^allowed & 0o777, ""
}

func builtinTimes(sh *Shell, words []string) int {
	var self, children unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &self)
	unix.Getrusage(unix.RUSAGE_CHILDREN, &children)
	return sh.print("times", clock(self.Utime)+" "+clock(self.Stime)+"\n"+clock(children.Utime)+" "+clock(children.Stime)+"\n")
}

// clock words a time as "1m2.345s".
func clock(t unix.Timeval) string {
	sec := int64(t.Sec)
	milli := strconv.FormatInt(int64(t.Usec)/1000+1000, 10)[1:]
	return strconv.FormatInt(sec/60, 10) + "m" + strconv.FormatInt(sec%60, 10) + "." + milli + "s"
}
