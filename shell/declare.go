package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// declOptions are the options of declare and its kin.
type declOptions struct {
	cmd    string
	on     flags
	off    flags
	global bool   // -g
	print  bool   // -p
	funcs  bool   // -f
	names  bool   // -F
	unset  bool   // export -n
	keep   bool   // local -: options of set are put back when the function returns
	bad    string // an option there is none
}

// declItem is one name that a declaration is about.
type declItem struct {
	ref
	assign bool
	add    bool
	value  string
	array  *syntax.ArrayExpr
}

var attributeLetters = [...]struct {
	letter byte
	flag   flags
}{{'a', isList}, {'A', isAssoc}, {'c', capital}, {'i', integer}, {'l', lower}, {'n', nameref}, {'r', readonly}, {'t', traced}, {'u', upper}, {'x', exported}}

func (o *declOptions) letter(c byte, on bool) bool {
	switch c {
	case 'g':
		o.global = on
	case 'p':
		o.print = on
	case 'f':
		o.funcs = on
	case 'F':
		o.funcs, o.names = on, on
	case 'I':
	default:
		i := slices.IndexFunc(attributeLetters[:], func(a struct {
			letter byte
			flag   flags
		}) bool {
			return a.letter == c
		})
		if i < 0 {
			return false
		}
		switch {
		case o.cmd == "export" && c == 'n':
			o.unset = true
		case on:
			o.on |= attributeLetters[i].flag
		default:
			o.off |= attributeLetters[i].flag
		}
	}
	return true
}

// options reads a word of options; false: it is none.
func (o *declOptions) options(word string) (isOption bool, bad string) {
	if len(word) < 2 || word[0] != '-' && (word[0] != '+' || o.cmd == "export" || o.cmd == "readonly") {
		return false, ""
	}
	for i := 1; i < len(word); i++ {
		if !o.letter(word[i], word[0] == '-') {
			return true, word[:1] + word[i:i+1]
		}
	}
	return true, ""
}

// declClause runs declare, local, export, readonly and typeset as the parser knows them: with arrays, and
// assignments that are not split.
func (sh *Shell) declClause(c *syntax.DeclClause) {
	o := declOptions{cmd: c.Variant.Value}
	sh.subst = 0
	sh.running, sh.runRedirs = c, nil
	if sh.debug(sh.commandText) {
		return
	}
	var items []declItem
	options := true
	for _, a := range c.Args {
		more, err := sh.declArg(&o, a, &options)
		if o.bad != "" {
			sh.status = sh.invalidOption(o.cmd, o.bad)
			sh.check()
			return
		}
		if err != nil {
			sh.fail(err)
			return
		}
		items = append(items, more...)
	}
	if sh.opts.has(xTrace) {
		sh.trace(sh.source(c))
	}
	sh.status = sh.declare(&o, items)
	if n := len(items); n > 0 {
		sh.lastArg = items[n-1].name
		if items[n-1].assign && items[n-1].array == nil && !items[n-1].sub {
			sh.lastArg += "=" + items[n-1].value
		}
	}
	sh.pipe = []int{sh.status}
	sh.check()
}

// declArg expands an argument of a declaration.
func (sh *Shell) declArg(o *declOptions, a *syntax.Assign, options *bool) ([]declItem, error) {
	if a.Name != nil {
		*options = false
		item := declItem{ref: ref{name: a.Name.Value}, assign: !a.Naked, add: a.Append, array: a.Array}
		if a.Index != nil {
			index, err := sh.subscript(a.Name.Value, a.Index)
			if err != nil {
				return nil, err
			}
			item.index, item.sub = index, true
		}
		if a.Array == nil && !a.Naked {
			value, err := sh.assigned(a.Value)
			if err != nil {
				return nil, err
			}
			item.value = value
		}
		return []declItem{item}, nil
	}
	words, err := sh.fields([]*syntax.Word{a.Value})
	if err != nil {
		return nil, err
	}
	return sh.declWords(o, words, options)
}

// declWords reads words as options and items.
func (sh *Shell) declWords(o *declOptions, words []string, options *bool) ([]declItem, error) {
	var items []declItem
	for _, w := range words {
		if *options {
			if w == "--" {
				*options = false
				continue
			}
			is, bad := o.options(w)
			if bad != "" {
				o.bad = bad
				return nil, nil
			}
			if is {
				continue
			}
			*options = false
		}
		if w == "-" && o.cmd == "local" {
			o.keep = true
			continue
		}
		items = append(items, parseItem(w))
	}
	return items, nil
}

// parseItem reads "name", "name=value", "name+=value" or one with a subscript.
func parseItem(w string) declItem {
	left, value, ok := strings.Cut(w, "=")
	item := declItem{assign: ok, value: value}
	if ok && strings.HasSuffix(left, "+") {
		item.add, left = true, left[:len(left)-1]
	}
	item.ref = parseRef(left)
	return item
}

func builtinDeclare(sh *Shell, words []string) int {
	o := declOptions{cmd: words[0]}
	options := true
	items, _ := sh.declWords(&o, words[1:], &options)
	if o.bad != "" {
		return sh.invalidOption(o.cmd, o.bad)
	}
	return sh.declare(&o, items)
}

func (sh *Shell) declare(o *declOptions, items []declItem) int {
	switch o.cmd {
	case "readonly":
		o.on |= readonly
	case "export":
		o.on |= exported
	case "local":
		if sh.inFunction() == nil {
			sh.complain("local: can only be used in a function")
			return 1
		}
	}
	if o.keep {
		sh.keepOptions()
		if len(items) == 0 {
			return 0
		}
	}
	switch {
	case o.funcs:
		return sh.declareFuncs(o, items)
	case len(items) == 0 || o.print:
		return sh.printVars(o, items)
	}
	status := 0
	for _, item := range items {
		if err := sh.declareOne(o, item); err != nil {
			if f, ok := err.(*failure); ok && f.msg != "" {
				msg := f.msg
				if o.cmd != "export" && o.cmd != "readonly" || !strings.HasSuffix(msg, ": readonly variable") {
					msg = o.cmd + ": " + msg
				}
				sh.complain("%s", msg)
			}
			status = 1
		}
	}
	if status != 0 && sh.opts.posix && special(o.cmd) {
		sh.exit(status)
	}
	return status
}

// declareOne gives a variable attributes and a value.
func (sh *Shell) declareOne(o *declOptions, item declItem) error {
	if !isName(item.name) {
		text := item.name
		if item.assign {
			text += "=" + item.value
		}
		return &failure{msg: "`" + text + "': not a valid identifier", code: 1}
	}
	if v, in := sh.scope.find(item.name); v != nil && in.temp && !item.assign && !item.sub && (o.cmd == "export" || o.cmd == "readonly") {
		// a=value export a: the value stays
		item.assign, item.value = true, v.str
		delete(in.vars, item.name)
	}
	if (item.name == "SHELLOPTS" || item.name == "BASHOPTS") && !item.assign && !item.sub {
		sh.passed = slices.DeleteFunc(slices.Clone(sh.passed), func(name string) bool { return name == item.name })
		if o.on&exported != 0 && !o.unset {
			sh.passed = append(sh.passed, item.name)
		}
		return nil
	}
	v, err := sh.declared(o, &item)
	if err != nil {
		return err
	}
	if v.flags&readonly != 0 && (item.assign || o.off&readonly != 0) {
		return &failure{msg: item.name + ": readonly variable", code: 1}
	}
	if err := sh.attributes(o, v, item); err != nil {
		return err
	}
	if err := sh.declaredValue(o, v, item); err != nil {
		return err
	}
	v.flags |= o.on & readonly
	if o.unset {
		v.flags &^= exported
	}
	return nil
}

// declared finds or makes the variable that a declaration is about, in the right scope.
func (sh *Shell) declared(o *declOptions, item *declItem) (*variable, error) {
	local := sh.inFunction() != nil && !o.global && o.cmd != "export" && o.cmd != "readonly"
	if !local && (o.on|o.off)&nameref == 0 {
		r, v := sh.resolve(item.ref)
		if r.name != item.name && isName(r.name) {
			item.ref = r
		}
		if o.global {
			v = sh.scope.global().vars[item.name]
		}
		if v != nil {
			return v, nil
		}
	}
	s := sh.scope.global()
	if local {
		s = sh.scope.function()
	} else if v, _ := s.find(item.name); v != nil {
		return v, nil
	}
	if v := s.vars[item.name]; v != nil {
		return v, nil
	}
	old, from := sh.scope.find(item.name)
	if local && old != nil && old.flags&readonly != 0 && from.up == nil && !old.local {
		return nil, &failure{msg: item.name + ": readonly variable", code: 1}
	}
	v := sh.add(s, item.name)
	v.local = local
	if local && item.name == "OPTIND" {
		sh.opt = getopts{}
	}
	if local && old != nil && (from.temp || sh.opts.shopted("localvar_inherit")) {
		v.flags, v.set, v.str, v.list, v.assoc = old.flags, old.set, old.str, old.list.fork(), old.assoc.fork()
	}
	return v, nil
}

func (sh *Shell) attributes(o *declOptions, v *variable, item declItem) error {
	on := o.on &^ readonly
	if on&isAssoc != 0 {
		if v.flags&isList != 0 {
			return &failure{msg: item.name + ": cannot convert indexed to associative array", code: 1}
		}
		if v.flags&isAssoc == 0 && v.set {
			v.assoc = (&assoc{shared: true}).own()
			v.assoc.put("0", v.str)
			v.str = ""
		}
	}
	if on&isList != 0 {
		if v.flags&isAssoc != 0 {
			return &failure{msg: item.name + ": cannot convert associative to indexed array", code: 1}
		}
		if v.flags&isList == 0 && v.set {
			v.becomeList()
		}
	}
	if o.off&(isList|isAssoc) != 0 && v.flags&o.off&(isList|isAssoc) != 0 {
		return &failure{msg: item.name + ": cannot destroy array variables in this way", code: 1}
	}
	if on&(lower|upper|capital) != 0 {
		v.flags &^= lower | upper | capital
	}
	v.flags |= on
	v.flags &^= o.off
	if on&nameref != 0 && item.assign && item.value == item.name && sh.inFunction() == nil {
		return &failure{msg: item.name + ": nameref variable self references not allowed", code: 1}
	}
	return nil
}

func (sh *Shell) declaredValue(o *declOptions, v *variable, item declItem) error {
	switch {
	case item.array != nil:
		elems, err := sh.arrayElems(item.name, item.array, v.flags&isAssoc != 0)
		if err != nil {
			return err
		}
		return sh.fill(v, item.name, elems, item.add)
	case !item.assign:
		return nil
	case !item.sub && v.flags&(isList|isAssoc) != 0 && strings.HasPrefix(item.value, "(") && strings.HasSuffix(item.value, ")"):
		return sh.declaredText(v, item)
	case v.flags&nameref != 0 && !item.sub:
		return sh.put(v, item.ref, item.value, false)
	}
	return sh.put(v, item.ref, item.value, item.add)
}

// declaredText reads an array out of a value that came from an expansion: declare -a "a=(1 2)".
func (sh *Shell) declaredText(v *variable, item declItem) error {
	file, err := sh.parser().Parse(strings.NewReader("x="+item.value), "")
	if err != nil || len(file.Stmts) != 1 {
		return sh.put(v, item.ref, item.value, item.add)
	}
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Assigns) != 1 || call.Assigns[0].Array == nil {
		return sh.put(v, item.ref, item.value, item.add)
	}
	elems, err := sh.arrayElems(item.name, call.Assigns[0].Array, v.flags&isAssoc != 0)
	if err != nil {
		return err
	}
	return sh.fill(v, item.name, elems, item.add)
}

// savedOptions are the options of set from before a "local -".
type savedOptions struct{ set uint32 }

func (sh *Shell) keepOptions() {
	s := sh.scope.function()
	if s.saved == nil {
		s.saved = &savedOptions{sh.opts.set}
	}
}

// leaveFunction puts back what "local -" kept.
func (sh *Shell) leaveFunction() {
	if s := sh.scope.function(); s.saved != nil {
		sh.opts.set = s.saved.set
	}
}
