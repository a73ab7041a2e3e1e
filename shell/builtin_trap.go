package shell

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// trapName is the name under which the condition s is kept; false: there is none such.
func trapName(s string) (string, bool) {
	upper := strings.ToUpper(s)
	switch strings.TrimPrefix(upper, "SIG") {
	case "EXIT", "0":
		return "EXIT", true
	case "ERR", "DEBUG", "RETURN":
		return strings.TrimPrefix(upper, "SIG"), true
	}
	n, ok := signalNumber(s)
	return signalName(n), ok && n > 0
}

func builtinTrap(sh *Shell, words []string) int {
	var list, print bool
	args := words[1:]
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		switch word {
		case "-l":
			list = true
		case "-p":
			print = true
		default:
			return sh.invalidOption("trap", word)
		}
	}
	switch {
	case list:
		return sh.print("trap", signalList())
	case print || len(args) == 0:
		return sh.printTraps(args, print)
	}
	action, names := args[0], args[1:]
	reset := action == "-"
	if n, err := strconv.Atoi(action); len(names) == 0 && !sh.opts.posix || err == nil && n >= 0 {
		// A lone condition, or a number in front, resets. For POSIX only the number does.
		if _, ok := trapName(action); !ok {
			return sh.misuse("trap")
		}
		reset, names = true, args
	}
	if len(names) == 0 {
		return sh.misuse("trap")
	}
	status := 0
	for _, s := range names {
		name, ok := trapName(s)
		if !ok {
			sh.complain("trap: %s: invalid signal specification", s)
			status = 1
			continue
		}
		sh.setTrap(name, action, !reset)
	}
	return status
}

// printTraps prints the traps, or those asked for, as commands.
func (sh *Shell) printTraps(names []string, print bool) int {
	order := []string{"EXIT"}
	for n := 1; n <= lastSignal; n++ {
		if name := signalName(n); name != "" {
			order = append(order, name)
		}
	}
	order = append(order, "DEBUG", "ERR", "RETURN")
	if len(names) > 0 {
		order = nil
		for _, s := range names {
			name, ok := trapName(s)
			if !ok {
				sh.complain("trap: %s: invalid signal specification", s)
				return 1
			}
			order = append(order, name)
		}
	}
	actions := sh.traps.actions
	if sh.traps.shown != nil {
		actions = sh.traps.shown
	}
	var b strings.Builder
	for _, name := range order {
		action, ok := actions[name]
		n, isSignal := signalNumber(name)
		isSignal = isSignal && n > 0
		action = "'" + strings.ReplaceAll(action, "'", `'\''`) + "'"
		switch {
		case ok:
		case isSignal && sh.ignoredBefore(n):
			action = "''"
		case print && sh.opts.posix:
			action = "-"
		default:
			continue
		}
		if isSignal && !sh.opts.posix {
			name = "SIG" + name
		}
		b.WriteString("trap -- " + action + " " + name + "\n")
	}
	return sh.print("trap", b.String())
}

// ignoredBefore tells whether signal n has been ignored from the start. Those of a command in the background bash does not list.
func (sh *Shell) ignoredBefore(n int) bool {
	async := sh.sys.resumed && (n == int(unix.SIGINT) || n == int(unix.SIGQUIT))
	return !async && !sh.sys.ours[n] && sh.sys.ignored(n)
}

// signalList is the table of kill -l and trap -l.
func signalList() string {
	var b strings.Builder
	column := 0
	for n := 1; n <= lastSignal; n++ {
		name := signalName(n)
		if name == "" {
			continue
		}
		text := strconv.Itoa(n) + ") SIG" + name
		if n < 10 {
			text = " " + text
		}
		if column++; column == 5 {
			b.WriteString(text + "\n")
			column = 0
			continue
		}
		b.WriteString(text + "\t")
	}
	return b.String() + "\n"
}

func builtinKill(sh *Shell, words []string) int {
	args := words[1:]
	sig := int(unix.SIGTERM)
	if len(args) > 0 && args[0] != "" && args[0][0] == '-' {
		word := args[0]
		args = args[1:]
		switch {
		case word == "-l" || word == "-L":
			return sh.killList(args)
		case word == "--":
		case word == "-s" || word == "-n":
			if len(args) == 0 {
				sh.complain("kill: %s: option requires an argument", word)
				return 1
			}
			word, args = "-"+args[0], args[1:]
			fallthrough
		default:
			n, ok := signalNumber(word[1:])
			if !ok && len(word) > 2 && (word[1] == 's' || word[1] == 'n') {
				word = word[1:]
				n, ok = signalNumber(word[1:])
			}
			if !ok {
				sh.complain("kill: %s: invalid signal specification", word[1:])
				return 1
			}
			sig = n
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return sh.misuse("kill")
	}
	status := 1
	for _, arg := range args {
		if sh.killOne(arg, sig) {
			status = 0
		}
	}
	return status
}

func (sh *Shell) killOne(arg string, sig int) bool {
	pid, err := strconv.Atoi(arg)
	if strings.HasPrefix(arg, "%") {
		j := sh.jobs.find(arg)
		if j == nil {
			sh.complain("kill: %s: no such job", arg)
			return false
		}
		pid, err = j.pid, nil
	}
	if arg == "" {
		sh.complain("kill: `': not a pid or valid job spec")
		return false
	}
	if err != nil {
		sh.complain("kill: %s: arguments must be process or job IDs", arg)
		return false
	}
	if pid == unix.Getpid() && slices.Contains(dumping[:], unix.Signal(sig)) && sh.dump(unix.Signal(sig)) {
		return true
	}
	if j := sh.jobs.byPid(max(pid, -pid)); j != nil && !j.foreign && !quick(unix.Signal(sig)) {
		j.grown()
	}
	if err := unix.Kill(pid, unix.Signal(sig)); err != nil {
		sh.complain("kill: (%d) - %s", pid, reason(err))
		return false
	}
	if pid == unix.Getpid() {
		sh.struck(sig)
	}
	return true
}

// quick tells whether sig does to a process that starts what it would do to a shell that has just forked.
func quick(sig unix.Signal) bool {
	switch sig {
	case 0, unix.SIGKILL, unix.SIGINT, unix.SIGQUIT:
		return true
	}
	return false
}

func (sh *Shell) killList(args []string) int {
	if len(args) == 0 {
		return sh.print("kill", signalList())
	}
	status := 0
	var b strings.Builder
	for _, arg := range args {
		if n, err := strconv.Atoi(arg); err == nil {
			name := signalName(n)
			if n > 128 {
				name = signalName(n - 128)
			}
			if n == 0 {
				name = "EXIT"
			}
			if name == "" {
				sh.complain("kill: %s: invalid signal specification", arg)
				status = 1
				continue
			}
			b.WriteString(name + "\n")
			continue
		}
		n, ok := signalNumber(arg)
		if !ok {
			sh.complain("kill: %s: invalid signal specification", arg)
			status = 1
			continue
		}
		b.WriteString(strconv.Itoa(n) + "\n")
	}
	return max(status, sh.print("kill", b.String()))
}

func builtinAlias(sh *Shell, words []string) int {
	listed := false
	args, bad := flagsOf(words, "p", func(byte, string) { listed = true })
	if bad != "" {
		return sh.invalidOption("alias", bad)
	}
	print := listed || len(args) == 0
	status := 0
	var b strings.Builder
	if print {
		for _, name := range sh.aliasNames() {
			b.WriteString("alias " + name + "=" + quoteSingle(sh.aliases[name]) + "\n")
		}
	}
	for _, arg := range args {
		name, text, ok := strings.Cut(arg, "=")
		if ok && strings.ContainsAny(name, " \t\n/$`=\"'\\|&;()<>") {
			sh.complain("alias: `%s': invalid alias name", name)
			status = 1
			continue
		}
		if ok && name != "" {
			if sh.aliases == nil {
				sh.aliases = make(map[string]string)
			}
			sh.aliases[name] = text
			continue
		}
		if text, ok = sh.aliases[arg]; !ok {
			sh.complain("alias: %s: not found", arg)
			status = 1
			continue
		}
		b.WriteString("alias " + arg + "=" + quoteSingle(text) + "\n")
	}
	return max(status, sh.print("alias", b.String()))
}

func builtinUnalias(sh *Shell, words []string) int {
	all := false
	args, bad := flagsOf(words, "a", func(byte, string) { all = true })
	switch {
	case bad != "":
		return sh.invalidOption("unalias", bad)
	case all:
		clear(sh.aliases)
		return 0
	case len(args) == 0:
		return sh.misuse("unalias")
	}
	status := 0
	for _, name := range args {
		if _, ok := sh.aliases[name]; !ok {
			sh.complain("unalias: %s: not found", name)
			status = 1
		}
		delete(sh.aliases, name)
	}
	return status
}
