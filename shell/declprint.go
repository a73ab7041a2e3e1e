package shell

import (
	"slices"
	"strings"
)

// letters are the attributes of v as declare -p and ${v@a} show them.
func (v *variable) letters() string {
	if v == nil {
		return ""
	}
	var b strings.Builder
	for _, a := range attributeLetters {
		if v.flags&a.flag != 0 {
			b.WriteByte(a.letter)
		}
	}
	return b.String()
}

// declaration is the statement that makes v again.
func declaration(name string, v *variable) string {
	letters := v.letters()
	if letters == "" {
		letters = "-"
	}
	head := "declare -" + letters + " " + name
	switch {
	case !v.set:
		return head
	case v.flags&(isList|isAssoc) != 0:
		return head + "=" + arrayText(v)
	}
	return head + "=" + quoteDouble(v.str)
}

// arrayText is "(…)" with all elements.
func arrayText(v *variable) string {
	var b strings.Builder
	b.WriteByte('(')
	values := v.elements()
	for i, k := range v.keys() {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("[" + assocKey(v, k) + "]=" + quoteDouble(values[i]))
	}
	if v.flags&isAssoc != 0 && len(values) > 0 {
		b.WriteByte(' ')
	}
	return b.String() + ")"
}

// assocKey quotes a key where it needs that.
func assocKey(v *variable, key string) string {
	if v.flags&isAssoc == 0 {
		return key
	}
	for i := range len(key) {
		if quotes(key[i], i == 0) && key[i] != ',' || key[i] == '=' {
			return quoteDouble(key)
		}
	}
	if unprintable(key) || key == "@" || key == "*" || key == "" {
		return quoteDouble(key)
	}
	return key
}

// printVars is declare -p, and declare without names.
func (sh *Shell) printVars(o *declOptions, items []declItem) int {
	var b strings.Builder
	status := 0
	if len(items) > 0 {
		for _, item := range items {
			v := sh.dynamic(item.name)
			if v == nil {
				v, _ = sh.scope.find(item.name)
			}
			if v == nil || item.sub || item.assign {
				sh.complain("%s: %s: not found", o.cmd, item)
				status = 1
				continue
			}
			b.WriteString(declaration(item.name, v) + "\n")
		}
		return max(sh.print(o.cmd, b.String()), status)
	}
	var names []string
	vars := make(map[string]*variable)
	in := sh.scope
	sh.scope.each(func(name string, v *variable) {
		if o.cmd == "local" {
			if _, from := sh.scope.find(name); from != in.function() {
				return
			}
		}
		if v.flags&o.on == o.on {
			names = append(names, name)
			vars[name] = v
		}
	})
	slices.Sort(names)
	plain := !o.print && o.on == 0 && o.cmd != "local"
	for _, name := range names {
		switch v := vars[name]; {
		case sh.opts.posix && (o.cmd == "export" || o.cmd == "readonly"):
			_, text, _ := strings.Cut(declaration(name, v), " "+name)
			cmd := o.cmd
			if v.flags&isList != 0 {
				cmd += " -a"
			} else if v.flags&isAssoc != 0 {
				cmd += " -A"
			}
			b.WriteString(cmd + " " + name + text + "\n")
		case !plain:
			b.WriteString(declaration(name, v) + "\n")
		case v.set:
			b.WriteString(sh.setLine(name, v))
		}
	}
	if plain {
		for _, name := range sh.funcNames() {
			b.WriteString(sh.funcText(sh.funcs[name]) + "\n")
		}
	}
	return sh.print(o.cmd, b.String())
}

// setLine is a variable as set lists it.
func (sh *Shell) setLine(name string, v *variable) string {
	switch {
	case v.flags&(isList|isAssoc) != 0:
		return name + "=" + arrayText(v) + "\n"
	case v.str == "'":
		return name + `=\'` + "\n"
	case v.str == "" || quotes(v.str[0], true) || strings.ContainsFunc(v.str, func(r rune) bool { return r > 0x7f || r < ' ' || quotes(byte(r), false) }):
		return name + "=" + quoteValue(v.str) + "\n"
	}
	return name + "=" + v.str + "\n"
}

func quoteValue(s string) string {
	if s == "" {
		return ""
	}
	return quoteSingle(s)
}

func (sh *Shell) funcNames() []string {
	var names []string
	for name := range sh.funcs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// declareFuncs is declare -f and -F, export -f and readonly -f.
func (sh *Shell) declareFuncs(o *declOptions, items []declItem) int {
	names := sh.funcNames()
	if len(items) > 0 {
		names = nil
		for _, item := range items {
			if item.assign && o.cmd != "export" && o.cmd != "readonly" {
				sh.complain("%s: cannot use `-f' to make functions", o.cmd)
				return 1
			}
			names = append(names, item.String())
		}
	}
	status := 0
	var b strings.Builder
	for _, name := range names {
		fn := sh.funcs[name]
		switch {
		case fn == nil && (o.cmd == "export" || o.cmd == "readonly"):
			sh.complain("%s: %s: not a function", o.cmd, name)
			status = 1
		case fn == nil:
			if o.print {
				sh.complain("%s: %s: not found", o.cmd, name)
			}
			status = 1
		case o.cmd == "export" || o.cmd == "readonly" || o.on&(exported|readonly|traced) != 0 || o.off&traced != 0:
			changed := *fn
			changed.export = (fn.export || o.on&exported != 0) && !o.unset
			changed.readonly = fn.readonly || o.on&readonly != 0
			changed.traced = (fn.traced || o.on&traced != 0) && o.off&traced == 0
			sh.funcs[name] = &changed
		case o.names && len(items) > 0:
			b.WriteString(name + "\n")
		case o.names:
			b.WriteString("declare -f" + fn.letters() + " " + name + "\n")
		default:
			b.WriteString(sh.funcText(fn) + "\n")
		}
	}
	return max(status, sh.print(o.cmd, b.String()))
}

// letters are the attributes of a function as declare shows them.
func (fn *function) letters() string {
	letters := ""
	if fn.readonly {
		letters += "r"
	}
	if fn.traced {
		letters += "t"
	}
	if fn.export {
		letters += "x"
	}
	return letters
}

// exportedFuncs are the functions of export -f as environment entries.
func (sh *Shell) exportedFuncs() []string {
	var out []string
	for _, name := range sh.funcNames() {
		if fn := sh.funcs[name]; fn.export {
			out = append(out, "BASH_FUNC_"+name+"%%=() "+sh.source(fn.decl.Body))
		}
	}
	return out
}

// importFunc defines a function that came with the environment. Nothing but a definition is taken.
func (sh *Shell) importFunc(name, text string) {
	if !strings.HasPrefix(text, "() ") {
		return
	}
	sh.defineText(name, text[3:], &unit{name: "environment"}, true)
}
