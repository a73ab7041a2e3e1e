package shell

import (
	"slices"
	"strings"
)

func builtinSet(sh *Shell, words []string) int {
	args := words[1:]
	if len(args) == 0 {
		return sh.listVars()
	}
	if bad := sh.badSet(args); bad != "" {
		return sh.invalidOption("set", bad)
	}
	for len(args) > 0 {
		word := args[0]
		switch {
		case word == "--":
			sh.give(args[1:])
			return 0
		case word == "+":
			args = args[1:]
			continue
		case word == "-":
			sh.opts.setName("xtrace", false)
			sh.opts.setName("verbose", false)
			if len(args) > 1 {
				sh.give(args[1:])
			}
			return 0
		case len(word) < 2 || word[0] != '-' && word[0] != '+':
			sh.give(args)
			return 0
		}
		args = args[1:]
		on := word[0] == '-'
		for i := 1; i < len(word); i++ {
			if word[i] == 'o' {
				if len(args) == 0 {
					return sh.listOptions(on)
				}
				if !sh.opts.setName(args[0], on) {
					sh.complain("set: %s: invalid option name", args[0])
					return sh.misused("set")
				}
				args = args[1:]
				continue
			}
			sh.opts.setLetter(word[i], on)
		}
	}
	return 0
}

// give makes args $1 and so on. Outside of functions they stay so when a sourced file that had others is over.
func (sh *Shell) give(args []string) {
	sh.args = slices.Clone(args)
	sh.given = sh.given || sh.inFunction() == nil
}

// badSet is the first option in args that set does not have. It looks at all of them before it changes any.
func (sh *Shell) badSet(args []string) string {
	probe := sh.opts
	for len(args) > 0 {
		word := args[0]
		if len(word) < 2 || word == "--" || word[0] != '-' && word[0] != '+' {
			return ""
		}
		args = args[1:]
		for i := 1; i < len(word); i++ {
			if word[i] == 'o' {
				args = args[min(1, len(args)):]
			} else if !probe.setLetter(word[i], true) {
				return word[:1] + word[i:i+1]
			}
		}
	}
	return ""
}

// listVars is set without arguments.
func (sh *Shell) listVars() int {
	var names []string
	vars := make(map[string]*variable)
	sh.scope.each(func(name string, v *variable) {
		if v.set {
			names = append(names, name)
			vars[name] = v
		}
	})
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		b.WriteString(sh.setLine(name, vars[name]))
	}
	if !sh.opts.posix {
		for _, name := range sh.funcNames() {
			b.WriteString(sh.funcText(sh.funcs[name]) + "\n")
		}
	}
	return sh.print("set", b.String())
}

// listOptions is set -o, and set +o as commands.
func (sh *Shell) listOptions(table bool) int {
	var b strings.Builder
	for i, o := range setOptions {
		on := sh.opts.set&(1<<i) != 0
		switch {
		case table:
			b.WriteString(optionLine(o.name, on))
		case on:
			b.WriteString("set -o " + o.name + "\n")
		default:
			b.WriteString("set +o " + o.name + "\n")
		}
	}
	return sh.print("set", b.String())
}

func optionLine(name string, on bool) string {
	state := "off"
	if on {
		state = "on"
	}
	return name + strings.Repeat(" ", max(0, 15-len(name))) + "\t" + state + "\n"
}

func builtinShopt(sh *Shell, words []string) int {
	var set, unset, quiet, print, posix bool
	names, bad := flagsOf(words, "supqo", func(c byte, _ string) {
		set = set || c == 's'
		unset = unset || c == 'u'
		quiet = quiet || c == 'q'
		print = print || c == 'p'
		posix = posix || c == 'o'
	})
	switch {
	case bad != "":
		return sh.invalidOption("shopt", bad)
	case set && unset:
		sh.complain("shopt: cannot set and unset shell options simultaneously")
		return 1
	}
	table := shoptTable{sh, posix}
	if len(names) == 0 {
		return sh.print("shopt", table.list(print, set, unset))
	}
	status := 0
	var b strings.Builder
	for _, name := range names {
		on, known := table.get(name)
		switch {
		case !known:
			sh.complain("shopt: %s: invalid shell option name", name)
			status = 1
		case set || unset:
			table.set(name, set)
		default:
			if !on {
				status = 1
			}
			if !quiet {
				b.WriteString(table.line(name, on, print))
			}
		}
	}
	return max(status, sh.print("shopt", b.String()))
}

// shoptTable is the options that shopt, or shopt -o, is about.
type shoptTable struct {
	sh    *Shell
	posix bool
}

func (t shoptTable) names() []string {
	if !t.posix {
		return shopts[:]
	}
	var names []string
	for _, o := range setOptions {
		names = append(names, o.name)
	}
	return names
}

func (t shoptTable) get(name string) (on, known bool) {
	if t.posix {
		return t.sh.optionOn(name), slices.Contains(t.names(), name)
	}
	return t.sh.opts.shopted(name), shoptBit(name) != 0
}

func (t shoptTable) set(name string, on bool) {
	if t.posix {
		t.sh.opts.setName(name, on)
	} else {
		t.sh.opts.setShopt(name, on)
	}
}

func (t shoptTable) line(name string, on, commands bool) string {
	switch {
	case !commands:
		return optionLine(name, on)
	case t.posix && on:
		return "set -o " + name + "\n"
	case t.posix:
		return "set +o " + name + "\n"
	case on:
		return "shopt -s " + name + "\n"
	}
	return "shopt -u " + name + "\n"
}

func (t shoptTable) list(commands, onlyOn, onlyOff bool) string {
	var b strings.Builder
	for _, name := range t.names() {
		on, _ := t.get(name)
		if onlyOn && !on || onlyOff && on {
			continue
		}
		b.WriteString(t.line(name, on, commands))
	}
	return b.String()
}

func builtinUnset(sh *Shell, words []string) int {
	var funcs, vars, refs bool
	names, bad := flagsOf(words, "fvn", func(c byte, _ string) {
		funcs = funcs || c == 'f'
		vars = vars || c == 'v'
		refs = refs || c == 'n'
	})
	if bad != "" {
		return sh.invalidOption("unset", bad)
	}
	if funcs && vars {
		sh.complain("unset: cannot simultaneously unset a function and a variable")
		return 1
	}
	status := 0
	for _, name := range names {
		if funcs {
			status = max(status, sh.unsetFunc(name))
			continue
		}
		r := parseRef(name)
		if !isName(r.name) {
			if !vars {
				status = max(status, sh.unsetFunc(name))
				continue
			}
			sh.complain("unset: %s", notIdentifier(name))
			status = 1
			continue
		}
		if refs {
			if _, in := sh.scope.find(r.name); in != nil {
				delete(in.vars, r.name)
			}
			continue
		}
		if v, _ := sh.scope.find(r.name); v == nil && !vars && !r.sub && sh.funcs[name] != nil {
			status = max(status, sh.unsetFunc(name))
			continue
		}
		if r.sub {
			r.index = sh.keyText(r)
		}
		if err := sh.unset(r); err != nil {
			sh.complain("unset: %s", err.Error())
			status = 1
		}
	}
	return status
}

func (sh *Shell) unsetFunc(name string) int {
	fn := sh.funcs[name]
	if fn != nil && fn.readonly {
		sh.complain("unset: %s: cannot unset: readonly function", name)
		return 1
	}
	delete(sh.funcs, name)
	return 0
}
