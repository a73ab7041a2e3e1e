package shell

import (
	"slices"
	"strings"
)

// options are what set and shopt change.
type options struct {
	set   uint32
	shopt uint64
	posix bool
}

// setOption is an option of set: its letter (0: none) and its name for -o.
type setOption struct {
	letter byte
	name   string
}

// The options of set that mean something here. interactive ones exist in bash for command lines only.
var setOptions = [...]setOption{
	{'a', "allexport"}, {'B', "braceexpand"}, {0, "emacs"}, {'e', "errexit"}, {'E', "errtrace"},
	{'T', "functrace"}, {'h', "hashall"}, {'H', "histexpand"}, {0, "history"}, {0, "ignoreeof"},
	{0, "interactive-comments"}, {'k', "keyword"}, {'m', "monitor"}, {'C', "noclobber"}, {'n', "noexec"},
	{'f', "noglob"}, {0, "nolog"}, {'b', "notify"}, {'u', "nounset"}, {'t', "onecmd"}, {'P', "physical"},
	{0, "pipefail"}, {0, "posix"}, {'p', "privileged"}, {'v', "verbose"}, {0, "vi"}, {'x', "xtrace"},
}

const (
	allExport uint32 = 1 << iota
	braceExpand
	_
	errExit
	errTrace
	funcTrace
	hashAll
	_
	_
	_
	interactiveComments
	_
	monitor
	noClobber
	noExec
	noGlob
	_
	_
	noUnset
	_
	physical
	pipeFail
	posixMode
	privileged
	verbose
	_
	xTrace
)

func (o *options) has(bit uint32) bool { return o.set&bit != 0 }

func (o *options) setLetter(c byte, on bool) bool {
	for i, s := range setOptions {
		if s.letter == c && c != 0 {
			o.change(i, on)
			return true
		}
	}
	return false
}

func (o *options) setName(name string, on bool) bool {
	i := slices.IndexFunc(setOptions[:], func(s setOption) bool { return s.name == name })
	if i < 0 {
		return false
	}
	o.change(i, on)
	return true
}

func (o *options) change(i int, on bool) {
	if on {
		o.set |= 1 << i
	} else {
		o.set &^= 1 << i
	}
	if o.posix = o.has(posixMode); setOptions[i].name == "posix" {
		o.setShopt("expand_aliases", on)
		o.setShopt("shift_verbose", on)
		o.setShopt("inherit_errexit", on || o.shopted("inherit_errexit"))
	}
	for n, other := range setOptions {
		if on && n != i && (setOptions[i].name == "vi" && other.name == "emacs" || setOptions[i].name == "emacs" && other.name == "vi") {
			o.set &^= 1 << n
		}
	}
}

// letters is the value of $-.
func (sh *Shell) optionLetters() string {
	var b strings.Builder
	for _, c := range []byte("abefhkmnptuvxBCEHPT") {
		for i, s := range setOptions {
			if s.letter == c && sh.opts.set&(1<<i) != 0 {
				b.WriteByte(c)
			}
		}
	}
	if sh.sys.command {
		b.WriteByte('c')
	}
	if sh.sys.stdin {
		b.WriteByte('s')
	}
	return b.String()
}

// setNames lists the names of the options that are on, as SHELLOPTS does.
func (o *options) setNames() string {
	var on []string
	for i, s := range setOptions {
		if o.set&(1<<i) != 0 {
			on = append(on, s.name)
		}
	}
	return strings.Join(on, ":")
}

// shoptNames lists those of shopt that are on, as BASHOPTS does.
func (o *options) shoptNames() string {
	var on []string
	for _, name := range shopts {
		if o.shopted(name) {
			on = append(on, name)
		}
	}
	return strings.Join(on, ":")
}

// The options of shopt that scripts set. Those that only concern an interactive shell are remembered and
// have nothing to act on.
var shopts = [...]string{
	"autocd", "assoc_expand_once", "cdable_vars", "cdspell", "checkhash", "checkjobs", "checkwinsize", "cmdhist",
	"compat31", "compat32", "compat40", "compat41", "compat42", "compat43", "compat44", "complete_fullquote",
	"direxpand", "dirspell", "dotglob", "execfail", "expand_aliases", "extdebug", "extglob", "extquote", "failglob",
	"force_fignore", "globasciiranges", "globskipdots", "globstar", "gnu_errfmt", "histappend", "histreedit",
	"histverify", "hostcomplete", "huponexit", "inherit_errexit", "interactive_comments", "lastpipe", "lithist",
	"localvar_inherit", "localvar_unset", "login_shell", "mailwarn", "no_empty_cmd_completion", "nocaseglob",
	"nocasematch", "noexpand_translation", "nullglob", "patsub_replacement", "progcomp", "progcomp_alias",
	"promptvars", "restricted_shell", "shift_verbose", "sourcepath", "varredir_close", "xpg_echo",
}

func shoptBit(name string) uint64 {
	i := slices.Index(shopts[:], name)
	if i < 0 {
		return 0
	}
	return 1 << i
}

// shoptDefaults are on in a shell that runs a script.
const shoptDefaults = "checkwinsize cmdhist complete_fullquote extquote force_fignore globasciiranges globskipdots hostcomplete " +
	"interactive_comments patsub_replacement progcomp promptvars sourcepath"

func (o *options) shopted(name string) bool { return o.shopt&shoptBit(name) != 0 }

func (o *options) setShopt(name string, on bool) bool {
	bit := shoptBit(name)
	if on {
		o.shopt |= bit
	} else {
		o.shopt &^= bit
	}
	return bit != 0
}

func defaultOptions() options {
	var o options
	o.set = braceExpand | hashAll | interactiveComments
	for name := range strings.FieldsSeq(shoptDefaults) {
		o.shopt |= shoptBit(name)
	}
	return o
}
