package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// declareOne gives a variable attributes and a value.
func (sh *Shell) declareOne(o *declOptions, item declItem) error {
	var elems []elem
	passed := flags(0)
	if item.array != nil { // which may speak of what a local variable is about to hide
		var err error
		_, old := sh.resolve(item.ref)
		if elems, err = sh.arrayElems(item.array, o.on&isAssoc != 0 || o.on&isList == 0 && old != nil && old.flags&isAssoc != 0); err != nil {
			return err
		}
	}
	if !isName(item.name) {
		text := item.name
		if item.assign {
			text += "=" + item.value
		}
		return &failure{msg: notIdentifier(text), code: 1}
	}
	if o.on&nameref != 0 && item.assign && item.value == "" {
		return &failure{msg: notIdentifier(""), code: 1}
	}
	if o.on&nameref != 0 && item.assign && !refers(item.value) {
		return badReference(item.value)
	}
	if item.sub && item.array == nil && (o.cmd == "export" || o.cmd == "readonly") {
		return &failure{msg: notIdentifier(item.ref.String()), code: 1}
	}
	if v, in := sh.scope.find(item.name); v != nil && in.temp && !item.sub && !sh.declaresLocal(o) {
		// a=value export a: the value stays
		if !item.assign {
			item.assign, item.value = true, v.str
		}
		passed = exported
		delete(in.vars, item.name)
	}
	if (item.name == "SHELLOPTS" || item.name == "BASHOPTS") && !item.assign && !item.sub {
		sh.passed = slices.DeleteFunc(slices.Clone(sh.passed), func(name string) bool { return name == item.name })
		if o.on&exported != 0 && !o.unset {
			sh.passed = append(sh.passed, item.name)
		}
		return nil
	}
	if v, _ := sh.scope.find(item.name); v == nil && o.unset && !item.assign {
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
	if err := sh.declaredValue(o, v, item, elems); err != nil {
		return err
	}
	v.flags |= o.on&readonly | passed
	if o.unset {
		v.flags &^= exported
	}
	return nil
}

func (sh *Shell) declaresLocal(o *declOptions) bool {
	return sh.inFunction() != nil && !o.global && o.cmd != "export" && o.cmd != "readonly"
}

// declared finds or makes the variable that a declaration is about, in the right scope.
func (sh *Shell) declared(o *declOptions, item *declItem) (*variable, error) {
	local := sh.declaresLocal(o)
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
	if local && old != nil && (from.temp || o.inherit || sh.opts.shopted("localvar_inherit")) {
		v.flags, v.set, v.str, v.list, v.assoc = old.flags&^nameref, old.set, old.str, old.list.fork(), old.assoc.fork()
	} else if local && old != nil {
		v.flags = old.flags & exported
	}
	return v, nil
}

func (sh *Shell) attributes(o *declOptions, v *variable, item declItem) error {
	on := o.on &^ readonly
	if on&lower != 0 && on&upper != 0 {
		on &^= lower | upper
	}
	if on&nameref != 0 && v.flags&(isList|isAssoc) != 0 {
		return &failure{msg: item.name + ": reference variable cannot be an array", code: 1}
	}
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
	if on&nameref != 0 && item.assign && item.value == item.name {
		if sh.inFunction() == nil {
			return &failure{msg: item.name + ": nameref variable self references not allowed", code: 1}
		}
		sh.complain("%s: warning: %s: circular name reference", o.cmd, item.name)
		sh.complain("warning: %s: circular name reference", item.name)
	}
	return nil
}

func (sh *Shell) declaredValue(o *declOptions, v *variable, item declItem, elems []elem) error {
	switch {
	case item.array != nil:
		sh.traceElems(item, elems, v.flags&isAssoc != 0)
		return sh.fill(v, item.name, elems, item.add)
	case !item.assign:
		if item.sub && v.flags&(isList|isAssoc) == 0 {
			v.becomeList()
		}
		return nil
	case !item.sub && v.flags&(isList|isAssoc) != 0 && strings.HasPrefix(item.value, "(") && strings.HasSuffix(item.value, ")"):
		return sh.declaredText(v, item)
	case v.flags&nameref != 0 && !item.sub:
		return sh.put(v, item.ref, item.value, false)
	}
	if sh.opts.has(xTrace) && (o.cmd == "export" || o.cmd == "readonly") {
		sh.traceValue(item.ref, item.value, item.add)
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
	elems, err := sh.arrayElems(call.Assigns[0].Array, v.flags&isAssoc != 0)
	if err != nil {
		return err
	}
	return sh.fill(v, item.name, elems, item.add)
}
