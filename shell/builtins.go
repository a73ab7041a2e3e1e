package shell

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// builtin is a command inside the shell. words[0] is its name; it returns the exit code.
type builtin func(sh *Shell, words []string) int

// builtins returns the builtin called name, or nil. A switch, because a map would be built at the start of
// every program that links this package.
func builtins(name string) builtin {
	switch name {
	case ":", "true":
		return func(*Shell, []string) int { return 0 }
	case "false":
		return func(*Shell, []string) int { return 1 }
	case ".", "source":
		return builtinSource
	case "[", "test":
		return builtinTest
	case "alias":
		return builtinAlias
	case "bg":
		return builtinBg
	case "bind", "complete", "compopt", "fc", "history":
		return builtinEditing
	case "break", "continue":
		return builtinBreak
	case "builtin":
		return builtinBuiltin
	case "caller":
		return builtinCaller
	case "cd":
		return builtinCd
	case "command":
		return builtinCommand
	case "compgen":
		return builtinCompgen
	case "declare", "typeset", "local", "export", "readonly":
		return builtinDeclare
	case "dirs":
		return builtinDirs
	case "disown":
		return builtinDisown
	case "echo":
		return builtinEcho
	case "enable":
		return builtinEnable
	case "eval":
		return builtinEval
	case "exec":
		return builtinExec
	case "exit":
		return builtinExit
	case "fg":
		return builtinFg
	}
	return moreBuiltins(name)
}

func moreBuiltins(name string) builtin {
	switch name {
	case "getopts":
		return builtinGetopts
	case "hash":
		return builtinHash
	case "logout":
		return builtinLogout
	case "suspend":
		return builtinSuspend
	case "jobs":
		return builtinJobs
	case "kill":
		return builtinKill
	case "let":
		return builtinLet
	case "mapfile", "readarray":
		return builtinMapfile
	case "popd":
		return builtinPopd
	case "printf":
		return builtinPrintf
	case "pushd":
		return builtinPushd
	case "pwd":
		return builtinPwd
	case "read":
		return builtinRead
	case "return":
		return builtinReturn
	case "set":
		return builtinSet
	case "shift":
		return builtinShift
	case "shopt":
		return builtinShopt
	case "times":
		return builtinTimes
	case "trap":
		return builtinTrap
	case "type":
		return builtinType
	case "ulimit":
		return builtinUlimit
	case "umask":
		return builtinUmask
	case "unalias":
		return builtinUnalias
	case "unset":
		return builtinUnset
	case "wait":
		return builtinWait
	}
	return nil
}

// builtin returns the builtin called name, unless it is disabled.
func (sh *Shell) builtin(name string) builtin {
	if len(sh.disabled) > 0 && slices.Contains(sh.disabled, name) {
		return nil
	}
	return builtins(name)
}

// builtinNames are all of them, sorted.
const builtinNames = ". : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo enable eval exec exit " +
	"export false fc fg getopts hash history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift " +
	"shopt source suspend test times trap true type typeset ulimit umask unalias unset wait"

// special tells whether a builtin is one of those that POSIX calls special.
func special(name string) bool {
	switch name {
	case ".", ":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift",
		"source", "times", "trap", "unset":
		return true
	}
	return false
}

// needsArgument ends the name of an option that lacks its value.
const needsArgument = ":"

// wideNumber reads a number that a builtin is given: blanks around it are no error.
func wideNumber(s string) (int64, error) {
	return strconv.ParseInt(strings.TrimRight(strings.TrimLeft(s, " \t\n\v\f\r"), " \t"), 10, 64)
}

// number is wideNumber for counts and the like: an int may be one of 32 bits, and is the nearest then.
func number(s string) (int, error) {
	n, err := wideNumber(s)
	return int(min(max(n, math.MinInt), math.MaxInt)), err
}

// flagsOf takes the leading options off words: letters of spec, with a colon behind those that take a value.
// set is called for each. bad is the option that is not in spec, or lacks its value; see
// invalidOption.
func flagsOf(words []string, spec string, set func(c byte, value string)) (rest []string, bad string) {
	rest = words[1:]
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
		word := rest[0]
		if word == "--" {
			return rest[1:], ""
		}
		rest = rest[1:]
		for i := 1; i < len(word); i++ {
			at := strings.IndexByte(spec, word[i])
			if at < 0 || word[i] == ':' {
				return rest, "-" + word[i:i+1]
			}
			if at+1 == len(spec) || spec[at+1] != ':' {
				set(word[i], "")
				continue
			}
			value := word[i+1:]
			if value == "" {
				if len(rest) == 0 {
					return rest, "-" + word[i:i+1] + needsArgument
				}
				value, rest = rest[0], rest[1:]
			}
			set(word[i], value)
			break
		}
	}
	return rest, ""
}
