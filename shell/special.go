package shell

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/users"
)

// Version is the bash whose behaviour this shell follows.
const Version = "5.2.37(1)-release"

// dynamic returns the value of a variable that is computed when it is read, or nil for an ordinary name.
func (sh *Shell) dynamic(name string) *variable {
	if len(name) < 6 {
		return nil
	}
	text := ""
	switch name {
	case "RANDOM":
		text = strconv.Itoa(sh.random())
	case "SRANDOM":
		var b [4]byte
		unix.Getrandom(b[:], 0)
		text = strconv.FormatUint(uint64(b[0])|uint64(b[1])<<8|uint64(b[2])<<16|uint64(b[3])<<24, 10)
	case "LINENO":
		text = strconv.Itoa(sh.line)
	case "SECONDS":
		text = strconv.FormatInt(time.Now().Unix()-sh.begun, 10)
	case "EPOCHSECONDS":
		text = strconv.FormatInt(time.Now().Unix(), 10)
	case "EPOCHREALTIME":
		now := time.Now()
		text = fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
	case "BASHPID":
		text = strconv.Itoa(os.Getpid())
	case "BASH_SUBSHELL":
		text = strconv.Itoa(sh.depth)
	case "BASH_COMMAND":
		text = sh.trapped()
	case "BASH_ARGV0":
		text = sh.name
	case "SHELLOPTS":
		text = sh.opts.setNames()
	case "BASHOPTS":
		text = sh.opts.shoptNames()
	default:
		return sh.dynamicList(name)
	}
	if sh.plain(name) {
		return nil
	}
	return &variable{set: true, str: text}
}

// trapped is BASH_COMMAND: the command that runs or, in a trap, the one that ran before.
func (sh *Shell) trapped() string {
	if sh.acting {
		return sh.text
	}
	return sh.commandText()
}

// plain tells whether a dynamic variable was unset or redeclared, and so lost its meaning.
func (sh *Shell) plain(name string) bool {
	return slices.Contains(sh.lost, name)
}

func (sh *Shell) dynamicList(name string) *variable {
	var elems []string
	switch name {
	case "PIPESTATUS":
		for _, code := range sh.pipe {
			elems = append(elems, strconv.Itoa(code))
		}
	case "FUNCNAME":
		if sh.inFunction() == nil {
			return &variable{flags: isList}
		}
		for i := len(sh.frames) - 1; i >= 0; i-- {
			elems = append(elems, sh.frames[i].fn)
		}
	case "BASH_SOURCE":
		for i := len(sh.frames) - 1; i >= 0; i-- {
			elems = append(elems, sh.frames[i].unit.name)
		}
	case "BASH_LINENO":
		for i := len(sh.frames) - 1; i >= 0; i-- {
			elems = append(elems, strconv.Itoa(sh.frames[i].callLine))
		}
	case "BASH_ARGV", "BASH_ARGC":
		elems = sh.arguments(name == "BASH_ARGC")
	case "GROUPS":
		groups, _ := unix.Getgroups()
		elems = append(elems, strconv.Itoa(unix.Getgid()))
		for _, g := range groups {
			if g != unix.Getgid() {
				elems = append(elems, strconv.Itoa(g))
			}
		}
	case "DIRSTACK":
		elems = append([]string{sh.value("PWD")}, sh.dirs...)
	default:
		return nil
	}
	return &variable{set: true, flags: isList, list: listOf(elems)}
}

// recorded is args of a call for BASH_ARGV if they are to be in it.
func (sh *Shell) recorded(args []string) []string {
	if !sh.opts.shopted("extdebug") {
		return nil
	}
	if sh.argv == nil {
		sh.argv = append([]string{}, sh.args...)
	}
	return append([]string{}, args...)
}

// arguments is BASH_ARGV, or how many of them each call has: BASH_ARGC. They are there once somebody has asked for them outside of
// functions.
func (sh *Shell) arguments(counts bool) (elems []string) {
	if sh.argv == nil && sh.inFunction() == nil {
		sh.argv = append([]string{}, sh.args...)
	}
	lists := [][]string{sh.argv}
	for _, f := range sh.frames {
		if f.args != nil {
			lists = append(lists, f.args)
		}
	}
	for _, args := range slices.Backward(lists) {
		if counts && args != nil {
			elems = append(elems, strconv.Itoa(len(args)))
		} else if !counts {
			for _, arg := range slices.Backward(args) {
				elems = append(elems, arg)
			}
		}
	}
	return elems
}

// assignDynamic takes an assignment to a dynamic variable.
func (sh *Shell) assignDynamic(name, value string) bool {
	if sh.plain(name) {
		return false
	}
	switch name {
	case "RANDOM":
		n, _ := strconv.ParseInt(value, 10, 64)
		sh.rand = uint32(n)
	case "SECONDS":
		n, _ := strconv.ParseInt(value, 10, 64)
		sh.begun = time.Now().Unix() - n
	case "BASH_ARGV0":
		sh.name = value
	case "LINENO", "SRANDOM", "EPOCHSECONDS", "EPOCHREALTIME", "BASHPID", "BASH_SUBSHELL", "BASH_COMMAND",
		"FUNCNAME", "BASH_SOURCE", "BASH_LINENO", "PIPESTATUS", "GROUPS", "DIRSTACK":
	default:
		return false
	}
	return true
}

func (sh *Shell) unsetDynamic(name string) {
	switch name {
	case "POSIXLY_CORRECT":
		sh.opts.setName("posix", false)
	case "RANDOM", "SECONDS", "LINENO", "FUNCNAME", "GROUPS", "DIRSTACK", "BASHPID", "EPOCHSECONDS", "EPOCHREALTIME", "SRANDOM", "BASH_ARGV0":
		sh.lost = append(slices.Clip(sh.lost), name)
	}
}

// random is the generator that bash 5.1 and later use for RANDOM: Park and Miller's, folded to 15 bits.
func (sh *Shell) random() int {
	if sh.rand == 0 {
		sh.rand = 123459876
	}
	hi, lo := int64(sh.rand)/127773, int64(sh.rand)%127773
	next := 16807*lo - 2836*hi
	if next < 0 {
		next += 0x7fffffff
	}
	sh.rand = uint32(next)
	return int((sh.rand>>16 ^ sh.rand&0xffff) & 0x7fff)
}

// param returns the value of a special or positional parameter; ok is false for other names.
func (sh *Shell) param(name string) (value string, set, ok bool) {
	if name == "" {
		return "", false, false
	}
	switch name[0] {
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		n, err := strconv.Atoi(name)
		switch {
		case err != nil:
			return "", false, true
		case n == 0:
			return sh.name, true, true
		case n <= len(sh.args):
			return sh.args[n-1], true, true
		}
		return "", false, true
	case '_':
		if name == "_" {
			return sh.lastArg, true, true
		}
	case '?':
		return strconv.Itoa(sh.status), true, true
	case '#':
		return strconv.Itoa(len(sh.args)), true, true
	case '$':
		return strconv.Itoa(sh.sys.pid), true, true
	case '!':
		if sh.jobs.last == 0 {
			return "", false, true
		}
		return strconv.Itoa(sh.jobs.last), true, true
	case '-':
		return sh.optionLetters(), true, true
	}
	return "", false, false
}

// startVars sets what a shell knows at its start.
func (sh *Shell) startVars() {
	for name, value := range map[string]string{
		"BASH_VERSION": Version, "OSTYPE": "linux-gnu", "HOSTTYPE": machine(), "MACHTYPE": machine() + "-pc-linux-gnu",
		"IFS": " \t\n", "OPTIND": "1", "OPTERR": "1", "PS4": "+ ",
	} {
		if _, ok := sh.get(name); !ok || name == "IFS" || name == "OPTIND" {
			v := sh.add(sh.scope, name)
			v.set, v.str = true, value
		}
	}
	sh.fixed("UID", strconv.Itoa(unix.Getuid()))
	sh.fixed("EUID", strconv.Itoa(unix.Geteuid()))
	sh.fixed("PPID", strconv.Itoa(os.Getppid()))
	versions := sh.add(sh.scope, "BASH_VERSINFO")
	versions.flags, versions.set = isList|readonly, true
	versions.list = listOf([]string{"5", "2", "37", "1", "release", machine() + "-pc-linux-gnu"})
	if _, ok := sh.get("HOSTNAME"); !ok {
		sh.set("HOSTNAME", hostname())
	}
	if _, ok := sh.get("TERM"); !ok {
		sh.set("TERM", "dumb")
	}
	if _, ok := sh.get("SHELL"); !ok {
		if a, err := users.ByUid(unix.Getuid()); err == nil {
			sh.set("SHELL", a.Shell)
		}
	}
	if _, ok := sh.get("PATH"); !ok {
		sh.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	}
	sh.startDir()
	level, _ := strconv.Atoi(sh.value("SHLVL"))
	sh.export("SHLVL", strconv.Itoa(max(level+1, 0)))
	sh.rand = uint32(os.Getpid())*2654435761 ^ uint32(time.Now().UnixNano())
	sh.begun = time.Now().Unix()
}

// startName sets BASH, the path of the shell.
func (sh *Shell) startName(argv0 string) {
	path := strings.TrimPrefix(argv0, "-")
	if !strings.Contains(path, "/") {
		if found, err := sh.lookPath(path); err == nil {
			path = found
		}
	}
	sh.set("BASH", path)
}

// startOptions takes the options over that the environment names.
func (sh *Shell) startOptions() {
	for name, set := range map[string]func(string, bool) bool{"SHELLOPTS": sh.opts.setName, "BASHOPTS": sh.opts.setShopt} {
		v, in := sh.scope.find(name)
		if v == nil {
			continue
		}
		for option := range strings.SplitSeq(v.str, ":") {
			set(option, true)
		}
		delete(in.vars, name)
		sh.passed = append(sh.passed, name)
	}
}

func hostname() string {
	var uts unix.Utsname
	if unix.Uname(&uts) != nil {
		return ""
	}
	return unix.ByteSliceToString(uts.Nodename[:])
}

func (sh *Shell) fixed(name, value string) {
	v := sh.add(sh.scope, name)
	v.set, v.str, v.flags = true, value, readonly|integer
}

func (sh *Shell) export(name, value string) {
	sh.set(name, value)
	if v, _ := sh.scope.find(name); v != nil {
		v.flags |= exported
	}
}

// startDir sets PWD: the inherited one if it names the working directory.
func (sh *Shell) startDir() {
	var here, there unix.Stat_t
	pwd := sh.value("PWD")
	if pwd == "" || pwd[0] != '/' || unix.Stat(".", &here) != nil || unix.Stat(pwd, &there) != nil ||
		here.Dev != there.Dev || here.Ino != there.Ino {
		pwd, _ = sh.st.Getwd()
	}
	sh.export("PWD", pwd)
	if v, _ := sh.scope.find("OLDPWD"); v == nil {
		sh.add(sh.scope, "OLDPWD").flags = exported
	}
}

func machine() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	case "386":
		return "i686"
	}
	return runtime.GOARCH
}
