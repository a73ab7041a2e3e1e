package shell

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func builtinCd(sh *Shell, words []string) int {
	physical := sh.opts.has(physical)
	args, bad := flagsOf(words, "LPe", func(c byte, _ string) {
		switch c {
		case 'P':
			physical = true
		case 'L':
			physical = false
		}
	})
	if bad != "" && bad != "-" {
		return sh.invalidOption("cd", bad)
	}
	if len(args) > 1 {
		sh.complain("cd: too many arguments")
		return 1
	}
	target, show, code := sh.cdTarget(args)
	if code != 0 {
		return code
	}
	if err := sh.chdir(target, physical); err != nil {
		name := target
		if len(args) > 0 && args[0] != "-" {
			name = args[0]
		}
		sh.complain("cd: %s: %s", shown(name), reason(err))
		return 1
	}
	if show {
		return sh.print("cd", sh.value("PWD")+"\n")
	}
	return 0
}

// cdTarget is the directory that cd is to change to; show tells that it is printed then.
func (sh *Shell) cdTarget(args []string) (target string, show bool, code int) {
	switch {
	case len(args) == 0:
		home, ok := sh.get("HOME")
		if !ok {
			sh.complain("cd: HOME not set")
			return "", false, 1
		}
		return home, false, 0
	case args[0] == "-":
		old, ok := sh.get("OLDPWD")
		if !ok {
			sh.complain("cd: OLDPWD not set")
			return "", false, 1
		}
		return old, true, 0
	}
	target = args[0]
	if cdpath := sh.value("CDPATH"); cdpath != "" && (target == "" || target[0] != '/' && target[0] != '.') {
		for dir := range strings.SplitSeq(cdpath, ":") {
			if !sh.isDir(path.Join(dir, target, ".")) {
				continue
			}
			if dir == "" {
				break
			}
			return path.Join(dir, target), true, 0
		}
	}
	if sh.opts.shopted("cdable_vars") && !sh.isDir(target) {
		if value, ok := sh.get(target); ok && isName(target) && sh.isDir(value) {
			sh.print("cd", value+"\n")
			return value, false, 0
		}
	}
	return target, false, 0
}

// chdir changes the directory and sets PWD and OLDPWD. Unless physical, ".." leads back the way PWD says one
// came.
func (sh *Shell) chdir(target string, physical bool) error {
	pwd := sh.value("PWD")
	if target == "" {
		target = "."
	}
	logical := target
	if !strings.HasPrefix(logical, "/") {
		logical = pwd + "/" + logical
	}
	clean := path.Clean(logical)
	if twoSlashes(target) || target[0] != '/' && twoSlashes(pwd) && clean != "/" {
		clean = "/" + clean
	}
	if !physical && strings.Contains(target, "..") && !sh.allThere(logical) {
		return unix.ENOENT
	}
	if physical || !strings.HasPrefix(pwd, "/") && target[0] != '/' {
		if err := sh.st.Chdir(target); err != nil {
			return err
		}
		clean, _ = sh.st.Getwd()
		if twoSlashes(target) {
			clean = "/" + clean
		}
	} else if err := sh.st.Chdir(clean); err != nil {
		if err := sh.st.Chdir(target); err != nil {
			return err
		}
		clean, _ = sh.st.Getwd()
	}
	sh.setDir("OLDPWD", pwd)
	sh.setDir("PWD", clean)
	return nil
}

// twoSlashes tells whether path begins with exactly two, which are kept.
func twoSlashes(path string) bool {
	return strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///")
}

// allThere tells whether each directory that path leaves by ".." is there.
func (sh *Shell) allThere(path string) bool {
	for at := 0; ; {
		i := strings.Index(path[at:], "/..")
		if i < 0 {
			return true
		}
		at += i + 3
		if (at == len(path) || path[at] == '/') && at > 3 && !sh.isDir(path[:at-3]) {
			return false
		}
	}
}

func (sh *Shell) setDir(name, value string) {
	if v, _ := sh.scope.find(name); v == nil {
		sh.export(name, value)
		return
	}
	sh.set(name, value)
}

func builtinPwd(sh *Shell, words []string) int {
	physical := sh.opts.has(physical)
	_, bad := flagsOf(words, "LP", func(c byte, _ string) { physical = c == 'P' })
	if bad != "" {
		return sh.invalidOption("pwd", bad)
	}
	dir := sh.value("PWD")
	if !physical && dir != "" {
		var here, there unix.Stat_t
		if p, err := sh.st.Path("."); err == nil && unix.Stat(p, &here) == nil && unix.Stat(dir, &there) == nil && here.Ino == there.Ino && here.Dev == there.Dev {
			return sh.print("pwd", dir+"\n")
		}
	}
	dir, err := sh.st.Getwd()
	if err != nil {
		sh.complain("pwd: error retrieving current directory: %s", reason(err))
		return 1
	}
	return sh.print("pwd", dir+"\n")
}

// stack is the directory stack: the current directory and those pushed.
func (sh *Shell) stack() []string { return append([]string{sh.value("PWD")}, sh.dirs...) }

func (sh *Shell) printStack(cmd string) int {
	home := sh.value("HOME")
	var out []string
	for _, d := range sh.stack() {
		out = append(out, shortHome(d, home))
	}
	return sh.print(cmd, strings.Join(out, " ")+"\n")
}

func shortHome(dir, home string) string {
	if home != "" && home != "/" && (dir == home || strings.HasPrefix(dir, home+"/")) {
		return "~" + dir[len(home):]
	}
	return dir
}

// rotation reads "+N" or "-N" as an index into a stack of n.
func rotation(word string, n int) (int, bool) {
	if len(word) < 2 || word[0] != '+' && word[0] != '-' {
		return 0, false
	}
	i, err := strconv.Atoi(word[1:])
	if err != nil {
		return 0, false
	}
	if word[0] == '-' {
		i = n - 1 - i
	}
	return i, true
}

// stackArguments checks the arguments of pushd and popd that are no option.
func stackArguments(sh *Shell, cmd string, args []string) (rest []string, code int) {
	switch {
	case len(args) > 0 && args[0] == "--":
		args = args[1:]
	case len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') && strings.Trim(args[0][1:], "0123456789") != "":
		sh.complain("%s: %s: invalid number", cmd, args[0])
		return nil, sh.misuse(cmd)
	}
	if len(args) > 1 && cmd == "pushd" {
		sh.complain("%s: too many arguments", cmd)
		return nil, 1
	}
	return args, 0
}

// noEntry reports an index that the directory stack does not have.
func (sh *Shell) noEntry(cmd, index string) int {
	if len(sh.dirs) == 0 {
		sh.complain("%s: directory stack empty", cmd)
	} else {
		sh.complain("%s: %s: directory stack index out of range", cmd, index)
	}
	return 1
}

func builtinPushd(sh *Shell, words []string) int {
	args := words[1:]
	stay := len(args) > 0 && args[0] == "-n"
	if stay {
		args = args[1:]
	}
	stack := sh.stack()
	args, code := stackArguments(sh, "pushd", args)
	if code != 0 {
		return code
	}
	if len(args) == 0 {
		if len(stack) < 2 {
			sh.complain("pushd: no other directory")
			return 1
		}
		stack[0], stack[1] = stack[1], stack[0]
		return sh.goStack("pushd", stack, stay)
	}
	if i, ok := rotation(args[0], len(stack)); ok {
		if i < 0 || i >= len(stack) {
			return sh.noEntry("pushd", args[0])
		}
		return sh.goStack("pushd", slices.Concat(stack[i:], stack[:i]), stay)
	}
	if stay {
		sh.dirs = append([]string{args[0]}, sh.dirs...)
		return sh.printStack("pushd")
	}
	target, _, code := sh.cdTarget(args[:1])
	if code != 0 {
		return code
	}
	if err := sh.chdir(target, false); err != nil {
		sh.complain("pushd: %s: %s", args[0], reason(err))
		return 1
	}
	sh.dirs = stack
	return sh.printStack("pushd")
}

// goStack makes stack the directory stack and changes to its top.
func (sh *Shell) goStack(cmd string, stack []string, stay bool) int {
	if !stay {
		if err := sh.chdir(stack[0], false); err != nil {
			sh.complain("%s: %s: %s", cmd, stack[0], reason(err))
			return 1
		}
	}
	sh.dirs = stack[1:]
	return sh.printStack(cmd)
}

func builtinPopd(sh *Shell, words []string) int {
	args := words[1:]
	stay := len(args) > 0 && args[0] == "-n"
	if stay {
		args = args[1:]
	}
	stack := sh.stack()
	args, code := stackArguments(sh, "popd", args)
	if code != 0 {
		return code
	}
	i := 0
	if len(args) > 0 {
		var ok bool
		if i, ok = rotation(args[0], len(stack)); !ok {
			sh.complain("popd: %s: invalid argument", args[0])
			return sh.misuse("popd")
		}
	}
	if len(stack) < 2 || i < 0 || i >= len(stack) {
		return sh.noEntry("popd", strings.Join(args, ""))
	}
	if stay && i == 0 {
		i = 1
	}
	return sh.goStack("popd", slices.Delete(stack, i, i+1), i != 0)
}

func builtinDirs(sh *Shell, words []string) int {
	var clear, long, lines, numbered bool
	args := words[1:]
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "clpv") == "" {
		clear = clear || strings.Contains(args[0], "c")
		long = long || strings.Contains(args[0], "l")
		lines = lines || strings.ContainsAny(args[0], "pv")
		numbered = numbered || strings.Contains(args[0], "v")
		args = args[1:]
	}
	if clear {
		sh.dirs = nil
		return 0
	}
	stack := sh.stack()
	if len(args) > 0 {
		i, ok := rotation(args[0], len(stack))
		if !ok {
			if args[0][0] == '-' || args[0][0] == '+' {
				sh.complain("dirs: %s: invalid number", args[0])
			} else {
				sh.complain("dirs: %s: invalid option", args[0])
			}
			return sh.misuse("dirs")
		}
		if i < 0 || i >= len(stack) {
			return sh.noEntry("dirs", strings.TrimPrefix(args[0], "+"))
		}
		stack = stack[i : i+1]
	}
	home := sh.value("HOME")
	for i, d := range stack {
		if !long {
			stack[i] = shortHome(d, home)
		}
		if numbered {
			stack[i] = pad10(i) + "  " + stack[i]
		}
	}
	sep := " "
	if lines {
		sep = "\n"
	}
	return sh.print("dirs", strings.Join(stack, sep)+"\n")
}

func pad10(i int) string {
	if i < 10 {
		return " " + strconv.Itoa(i)
	}
	return strconv.Itoa(i)
}
