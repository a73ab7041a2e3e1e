package shell

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// set assigns to a variable by name, as an assignment statement does.
func (sh *Shell) set(name, value string) error { return sh.assign(parseRef(name), value, false) }

// assign assigns value to the place r, or appends it.
func (sh *Shell) assign(r ref, value string, add bool) error {
	r, v := sh.resolve(r)
	if !isName(r.name) {
		return discard("%s", notIdentifier(r.name))
	}
	if v != nil && v.flags&readonly != 0 || r.name == "SHELLOPTS" || r.name == "BASHOPTS" {
		return discard("%s: readonly variable", r.name)
	}
	if add && r.name == "SECONDS" && !sh.plain(r.name) {
		value = sh.value(r.name) + value
	}
	if sh.assignDynamic(r.name, value) {
		return nil
	}
	if v == nil {
		v = sh.add(sh.scope.global(), r.name)
	}
	return sh.put(v, r, value, add)
}

// refers tells whether value is what a name reference may refer to.
func refers(value string) bool { return isName(parseRef(value).name) }

func badReference(value string) error {
	return discard("`%s': invalid variable name for name reference", value)
}

// put stores value in v, of which r names the element.
func (sh *Shell) put(v *variable, r ref, value string, add bool) error {
	if sh.opts.has(allExport) {
		v.flags |= exported
	}
	if v.flags&nameref != 0 && !r.sub {
		if value != "" && !refers(value) {
			return badReference(value)
		}
		v.str, v.set = value, true
		return nil
	}
	switch {
	case v.flags&isAssoc != 0:
		key := "0"
		if r.sub {
			key = r.index
		}
		if r.sub && (key == "" || key == emptyMark) {
			return r.badSubscript()
		}
		old, _ := v.assoc.get(key)
		value, err := sh.convert(v, old, value, add)
		if err != nil {
			return err
		}
		v.assoc = v.assoc.own()
		v.assoc.put(key, value)
	case r.sub || v.flags&isList != 0:
		return sh.putIndexed(v, r, value, add)
	default:
		value, err := sh.convert(v, v.str, value, add)
		if err != nil {
			return err
		}
		v.str = value
	}
	v.set = true
	sh.changed(r.name)
	return nil
}

func (sh *Shell) putIndexed(v *variable, r ref, value string, add bool) error {
	i := 0
	if r.sub {
		if r.index == "@" || r.index == "*" || r.index == emptyMark {
			return r.badSubscript()
		}
		var err error
		if i, err = sh.position(v, r.index); err != nil {
			return err
		}
		if i < 0 {
			return r.badSubscript()
		}
	}
	v.becomeList()
	old, _ := v.list.at(i)
	value, err := sh.convert(v, old, value, add)
	if err != nil {
		return err
	}
	v.list.put(i, value)
	v.set = true
	return nil
}

// becomeList makes v an indexed array of its own; a plain value becomes element 0.
func (v *variable) becomeList() {
	if v.flags&isList == 0 {
		v.flags |= isList
		v.list = &list{}
		if v.set {
			v.list.put(0, v.str)
		}
		v.str = ""
	}
	v.list = v.list.own()
}

// convert applies the attributes of v to a value on its way in.
func (sh *Shell) convert(v *variable, old, value string, add bool) (string, error) {
	if v.flags&integer != 0 {
		n, err := sh.arith(value)
		if err != nil {
			return "", err
		}
		if add {
			before, err := sh.arith(old)
			if err != nil {
				return "", err
			}
			n += before
		}
		return strconv.FormatInt(n, 10), nil
	}
	if add {
		value = v.appended(old, value)
	}
	switch {
	case v.flags&lower != 0:
		return strings.ToLower(value), nil
	case v.flags&capital != 0:
		r, n := utf8.DecodeRuneInString(value)
		return string(unicode.ToUpper(r))[:min(n, len(value))] + strings.ToLower(value[n:]), nil
	case v.flags&upper != 0:
		return mapRunes(value, unicode.ToUpper), nil
	}
	return value, nil
}

// appended is old with more behind it. A long string that grows gets room to grow further: a script that adds to it character
// by character does not copy it each time.
func (v *variable) appended(old, more string) string {
	const long = 256
	if len(old) < long || v.flags&(isList|isAssoc|lower|upper|capital) != 0 {
		return old + more
	}
	if len(v.room) != len(old) || unsafe.StringData(old) != unsafe.SliceData(v.room) {
		v.room = append(make([]byte, 0, 2*(len(old)+len(more))), old...)
	}
	v.room = append(v.room, more...)
	return unsafe.String(unsafe.SliceData(v.room), len(v.room))
}

func mapRunes(s string, f func(rune) rune) string { return strings.Map(f, s) }

// changed acts on assignments that change how the shell works.
func (sh *Shell) changed(name string) {
	switch name {
	case "OPTIND":
		sh.opt = getopts{}
	case "POSIXLY_CORRECT":
		sh.opts.setName("posix", true)
	}
}

// unset removes the variable or element r. It answers whether that was allowed.
func (sh *Shell) unset(r ref) error {
	r, _ = sh.resolve(r)
	v, in := sh.scope.find(r.name)
	if v == nil {
		sh.unsetDynamic(r.name)
		return nil
	}
	if v.flags&readonly != 0 {
		return &failure{msg: r.name + ": cannot unset: readonly variable", code: 1}
	}
	if r.sub && v.flags&(isList|isAssoc) != 0 {
		return sh.unsetElement(v, r)
	}
	if r.sub && r.index != "@" && r.index != "*" {
		if i, err := sh.position(v, r.index); err != nil || i != 0 {
			return &failure{msg: r.name + ": not an array variable", code: 1}
		}
	}
	sh.unsetDynamic(r.name)
	if v.local && in == sh.scope.function() {
		*v = variable{local: true, seq: v.seq}
		return nil
	}
	delete(in.vars, r.name)
	return nil
}

func (sh *Shell) unsetElement(v *variable, r ref) error {
	switch {
	case v.flags&isAssoc != 0:
		v.assoc = v.assoc.own()
		v.assoc.remove(r.index)
	case r.index == "@" || r.index == "*":
		v.list, v.set = &list{}, true
	case r.index != "":
		i, err := sh.position(v, r.index)
		if err != nil {
			return err
		}
		if i < 0 {
			return &failure{msg: "[" + r.index + "]: bad array subscript", code: 1}
		}
		v.list = v.list.own()
		v.list.remove(i)
	}
	return nil
}
