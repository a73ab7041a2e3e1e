package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/applet"
)

// meaning is what a command word stands for.
type meaning struct {
	kind string // alias, keyword, function, builtin, file, hashed
	text string // the alias, or the path
}

// meanings lists what name stands for, in the order of preference; all goes through the whole PATH.
func (sh *Shell) meanings(name string, all, noFuncs bool) []meaning {
	var out []meaning
	if text, ok := sh.aliases[name]; ok && sh.expandsAliases() {
		out = append(out, meaning{"alias", text})
	}
	if syntax.IsKeyword(name) || name == "time" || name == "coproc" || name == "function" || name == "select" {
		out = append(out, meaning{"keyword", ""})
	}
	if !noFuncs && sh.funcs[name] != nil {
		out = append(out, meaning{"function", ""})
	}
	if sh.builtin(name) != nil {
		out = append(out, meaning{"builtin", ""})
	}
	for _, path := range sh.paths(name, all) {
		kind := "file"
		if p := sh.known.paths[name]; p != nil && !all {
			kind, path = "hashed", p.path
		}
		out = append(out, meaning{kind, path})
	}
	if !all && len(out) > 1 {
		out = out[:1]
	}
	return out
}

// paths finds name along PATH.
func (sh *Shell) paths(name string, all bool) []string {
	if strings.Contains(name, "/") {
		if sh.fileTest("-x", name) && !sh.isDir(name) {
			return []string{name}
		}
		return nil
	}
	if !all {
		if path, err := sh.lookPath(name); err == nil {
			return []string{path}
		}
		if applet.Lookup(name) != nil {
			return []string{name}
		}
		return nil
	}
	var out []string
	for dir := range strings.SplitSeq(sh.value("PATH"), ":") {
		if dir == "" {
			dir = "."
		}
		if path := dir + "/" + name; sh.fileTest("-x", path) && sh.fileTest("-f", path) {
			out = append(out, path)
		}
	}
	return out
}

func builtinType(sh *Shell, words []string) int {
	var kind, path, force, all, noFuncs bool
	names, bad := flagsOf(words, "afptP", func(c byte, _ string) {
		kind = kind || c == 't'
		path = path || c == 'p'
		force = force || c == 'P'
		all = all || c == 'a'
		noFuncs = noFuncs || c == 'f'
	})
	if bad != "" {
		return sh.invalidOption("type", bad)
	}
	status := 0
	var b strings.Builder
	for _, name := range names {
		found := sh.meanings(name, all, noFuncs)
		if force {
			found = nil
			for _, p := range sh.paths(name, all) {
				if p != name || strings.Contains(name, "/") {
					found = append(found, meaning{"file", p})
				}
			}
		}
		if len(found) == 0 {
			if !kind && !path && !force {
				sh.complain("type: %s: not found", name)
			}
			status = 1
		}
		for _, m := range found {
			switch {
			case kind:
				b.WriteString(strings.Replace(m.kind, "hashed", "file", 1) + "\n")
			case path || force:
				if m.kind == "file" || m.kind == "hashed" {
					b.WriteString(m.text + "\n")
				}
			default:
				b.WriteString(sh.describe(name, m))
			}
		}
	}
	return max(sh.print("type", b.String()), status)
}

func (sh *Shell) describe(name string, m meaning) string {
	switch m.kind {
	case "alias":
		return name + " is aliased to `" + m.text + "'\n"
	case "keyword":
		return name + " is a shell keyword\n"
	case "function":
		return name + " is a function\n" + sh.funcText(sh.funcs[name]) + "\n"
	case "hashed":
		return name + " is hashed (" + m.text + ")\n"
	case "builtin":
		if sh.opts.posix && special(name) {
			return name + " is a special shell builtin\n"
		}
		return name + " is a shell builtin\n"
	}
	return name + " is " + m.text + "\n"
}

func builtinCommand(sh *Shell, words []string) int {
	var terse, verbose, standard bool
	args, bad := flagsOf(words, "pvV", func(c byte, _ string) {
		terse = terse || c == 'v'
		verbose = verbose || c == 'V'
		standard = standard || c == 'p'
	})
	switch {
	case bad != "":
		return sh.invalidOption("command", bad)
	case len(args) == 0:
		return 0
	case terse || verbose:
		if standard {
			defer sh.usualPath()()
		}
		return sh.commandV(args, verbose)
	}
	if b := builtins(args[0]); b != nil {
		sh.mild, sh.direct = sh.mild+1, true
		defer func() { sh.mild, sh.direct = sh.mild-1, false }()
		return b(sh, args)
	}
	if standard {
		return sh.standard(args)
	}
	return sh.external(args)
}

// usualPath has programs looked for where the standard ones are, until the function returned is called.
func (sh *Shell) usualPath() (restore func()) {
	saved := sh.scope
	sh.scope = newScope(saved, true)
	v := sh.add(sh.scope, "PATH")
	v.set, v.str = true, "/bin:/usr/bin"
	return func() { sh.scope = saved }
}

// standard runs a program that is looked for in the usual places; its own PATH stays as it is.
func (sh *Shell) standard(words []string) int {
	restore := sh.usualPath()
	c, bad := sh.findCommand(words)
	restore()
	if bad != nil {
		return sh.notFound(words, bad)
	}
	return sh.run(c)
}

func (sh *Shell) commandV(names []string, verbose bool) int {
	status := 1
	var b strings.Builder
	for _, name := range names {
		found := sh.meanings(name, false, false)
		if len(found) == 0 {
			if verbose {
				sh.complain("command: %s: not found", name)
			}
			continue
		}
		status = 0
		switch m := found[0]; {
		case verbose:
			b.WriteString(sh.describe(name, m))
		case m.kind == "file" || m.kind == "hashed":
			b.WriteString(m.text + "\n")
		case m.kind == "alias":
			b.WriteString("alias " + name + "=" + quoteSingle(m.text) + "\n")
		default:
			b.WriteString(name + "\n")
		}
	}
	return max(sh.print("command", b.String()), status)
}

func builtinBuiltin(sh *Shell, words []string) int {
	args, bad := flagsOf(words, "", nil)
	if bad != "" {
		return sh.invalidOption("builtin", bad)
	}
	if len(args) == 0 {
		return 0
	}
	b := builtins(args[0])
	if b == nil {
		sh.complain("builtin: %s: not a shell builtin", args[0])
		return 1
	}
	return b(sh, args)
}

// builtinEnable turns builtins off (-n) and on, and lists them.
func builtinEnable(sh *Shell, words []string) int {
	var off, all bool
	names, bad := flagsOf(words, "anps", func(c byte, _ string) {
		off = off || c == 'n'
		all = all || c == 'a'
	})
	if bad != "" {
		return sh.invalidOption("enable", bad)
	}
	if len(names) == 0 {
		return sh.listBuiltins(off, all)
	}
	status := 0
	for _, name := range names {
		if builtins(name) == nil {
			sh.complain("enable: %s: not a shell builtin", name)
			status = 1
			continue
		}
		sh.disabled = slices.DeleteFunc(slices.Clone(sh.disabled), func(s string) bool { return s == name })
		if off {
			sh.disabled = append(sh.disabled, name)
		}
	}
	return status
}

func (sh *Shell) listBuiltins(off, all bool) int {
	var b strings.Builder
	for name := range strings.FieldsSeq(builtinNames) {
		switch disabled := sh.builtin(name) == nil; {
		case disabled && (off || all):
			b.WriteString("enable -n " + name + "\n")
		case !disabled && !off:
			b.WriteString("enable " + name + "\n")
		}
	}
	return sh.print("enable", b.String())
}
