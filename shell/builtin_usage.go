package shell

import "strings"

// synopsis is how a builtin is called.
func synopsis(name string) string {
	switch name {
	case "builtin":
		return "[shell-builtin [arg ...]]"
	case "caller":
		return "[expr]"
	case "compgen":
		return "[-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]"
	case "cd":
		return "[-L|[-P [-e]] [-@]] [dir]"
	case "read":
		return "[-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]"
	case "export":
		return "[-fn] [name[=value] ...] or export -p"
	case "readonly":
		return "[-aAf] [name[=value] ...] or readonly -p"
	case "unset":
		return "[-f] [-v] [-n] [name ...]"
	case "declare", "typeset":
		return "[-aAfFgiIlnrtux] [name[=value] ...] or " + name + " -p [-aAfFilnrtux] [name ...]"
	case "local":
		return "[option] name[=value] ..."
	case "set":
		return "[-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"
	case "trap":
		return "[-lp] [[arg] signal_spec ...]"
	case "pwd":
		return "[-LP]"
	case "type":
		return "[-afptP] name [name ...]"
	case "shopt":
		return "[-pqsu] [-o] [optname ...]"
	case "umask":
		return "[-p] [-S] [mode]"
	case "command":
		return "[-pVv] command [arg ...]"
	case "wait":
		return "[-fn] [-p var] [id ...]"
	case "mapfile", "readarray":
		return "[-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]"
	case "printf":
		return "[-v var] format [arguments]"
	case "getopts":
		return "optstring name [arg ...]"
	case "kill":
		return "[-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]"
	case "hash":
		return "[-lr] [-p pathname] [-dt] [name ...]"
	case "jobs":
		return "[-lnprs] [jobspec ...] or jobs -x command [args]"
	case "disown":
		return "[-h] [-ar] [jobspec ... | pid ...]"
	case "ulimit":
		return "[-SHabcdefiklmnpqrstuvxPRT] [limit]"
	case "exec":
		return "[-cl] [-a name] [command [argument ...]] [redirection ...]"
	case "eval":
		return "[arg ...]"
	case "pushd":
		return "[-n] [+N | -N | dir]"
	case "popd":
		return "[-n] [+N | -N]"
	case "dirs":
		return "[-clpv] [+N] [-N]"
	case "unalias":
		return "[-a] name [name ...]"
	case "alias":
		return "[-p] [name[=value] ... ]"
	case "suspend":
		return "[-f]"
	case "enable":
		return "[-a] [-dnps] [-f filename] [name ...]"
	case ".", "source":
		return "filename [arguments]"
	}
	return ""
}

// misuse prints how a builtin is called and returns the exit code of wrong usage.
func (sh *Shell) misuse(cmd string) int {
	if text := synopsis(cmd); text != "" {
		sh.write(2, cmd+": usage: "+cmd+" "+text+"\n")
	}
	return sh.misused(cmd)
}

// misused is the exit code of wrong usage. With POSIX it ends the shell if the builtin is a special one and its failure an error.
func (sh *Shell) misused(cmd string) int {
	if sh.opts.posix && sh.mild == 0 && sh.quiet == 0 && special(cmd) {
		sh.exit(2)
	}
	return 2
}

// invalidOption reports an option that a builtin does not have.
func (sh *Shell) invalidOption(cmd, opt string) int {
	if name, ok := strings.CutSuffix(opt, needsArgument); ok {
		sh.complain("%s: %s: option requires an argument", cmd, name)
	} else {
		sh.complain("%s: %s: invalid option", cmd, opt)
	}
	return sh.misuse(cmd)
}
