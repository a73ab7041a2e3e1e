package shell

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"s6box/shell/pattern"
)

// operand is what a parameter expansion works on.
type operand struct {
	ref
	label string // how the script names it, for messages
	v     *variable
	value string
	set   bool
	list  []string // of @ and *, an array or the positional parameters
	all   bool     // it is a list
	key   bool     // @ or * is a key, not the list
	star  bool     // "*": joined when quoted
}

// param adds the expansion of p.
func (b *builder) param(p *syntax.ParamExp, quoted bool) error {
	sh := b.sh
	if p.Param == nil {
		return discard("bad substitution")
	}
	if text, bad := badSubstitution(p); bad {
		return discard("%s: bad substitution", text)
	}
	if p.Excl && p.Names != 0 {
		b.values(sh.names(p.Param.Value), p.Names == syntax.NamesPrefix, quoted)
		return nil
	}
	if p.Excl && p.Param.Value == "-" && p.Exp == nil && p.Slice == nil && p.Repl == nil { // $! or nothing
		value, _, _ := sh.param("!")
		b.result(value, quoted)
		return nil
	}
	op, err := sh.operand(p)
	if err != nil {
		return err
	}
	if p.Excl {
		if op.all && op.name != "@" && op.name != "*" && p.Exp == nil && p.Slice == nil && p.Repl == nil {
			b.values(op.v.keys(), op.star, quoted)
			return nil
		}
		label := "!" + op.label
		if op, err = sh.indirect(op); err != nil || op == nil {
			return err
		}
		op.label = label
	}
	return b.apply(p, op, quoted)
}

// values adds a list, as its own fields or joined.
func (b *builder) values(list []string, star, quoted bool) {
	if star && (quoted || !b.split) {
		b.result(strings.Join(list, b.separatorText()), quoted)
		return
	}
	b.elements(list, quoted)
}

// separatorText is what "$*" is joined with: the first character of IFS.
func (b *builder) separatorText() string {
	_, n := utf8.DecodeRuneInString(b.ifs)
	return b.ifs[:n]
}

// operand looks the parameter of p up.
func (sh *Shell) operand(p *syntax.ParamExp) (*operand, error) {
	op := &operand{ref: ref{name: p.Param.Value}, label: p.Param.Value}
	if p.Index != nil {
		index, err := sh.subscript(p.Index)
		if err != nil {
			return nil, err
		}
		op.index, op.sub = index, true
		op.label += "[" + sh.sourceText(p.Index) + "]"
		if index == "@" || index == "*" {
			w, ok := p.Index.(*syntax.Word)
			op.key = !ok || w.Lit() != index
		}
	}
	if p.Excl {
		// ${!ref} of a name reference is the name it stands for.
		if v, _ := sh.scope.find(op.name); v != nil && v.flags&nameref != 0 && !op.sub {
			return &operand{ref: ref{name: op.name}, label: op.label, v: v, value: v.str, set: v.set}, nil
		}
	}
	if v, _ := sh.scope.find(op.name); p.Length && v == nil && op.sub && op.index != "@" && op.index != "*" && !sh.opts.has(noUnset) {
		return op, nil // whatever the subscript is
	}
	return op, sh.load(op)
}

// load finds the value of op by its name and subscript.
func (sh *Shell) load(op *operand) error {
	if op.name == "@" || op.name == "*" {
		op.list, op.all, op.star, op.set = sh.args, true, op.name == "*", len(sh.args) > 0
		return nil
	}
	if value, set, ok := sh.param(op.name); ok {
		op.value, op.set = value, set
		return nil
	}
	if op.v = sh.dynamic(op.name); op.v == nil {
		op.ref, op.v = sh.resolve(op.ref)
	}
	switch {
	case op.sub && !op.key && (op.index == "@" || op.index == "*"):
		op.list, op.all, op.star = op.v.elements(), true, op.index == "*"
		op.set = len(op.list) > 0
	case op.sub:
		var err error
		op.value, op.set, err = sh.element(op.v, op.index)
		if f, ok := err.(*failure); ok && f.code == codeSubscript {
			sh.complain("%s: %s", op.name, f.msg)
			return nil
		}
		return err
	case op.v != nil:
		op.value, op.set = op.v.scalar()
	}
	return nil
}

// indirect follows ${!name}: the value of name says what to expand.
func (sh *Shell) indirect(op *operand) (*operand, error) {
	if op.v != nil && op.v.flags&nameref != 0 {
		op.v = nil
		return op, nil
	}
	if op.all && op.name != "@" && op.name != "*" {
		op.value = strings.Join(op.list, " ")
	} else if !op.set || op.all {
		switch {
		case op.v == nil && !(isDigit(op.name[0]) && sh.opts.has(noUnset)):
			return nil, &failure{msg: op.label + ": invalid indirect expansion", code: 1, soft: true}
		case sh.opts.has(noUnset):
			return nil, sh.unbound("!" + op.label)
		case !op.all:
			return nil, nil
		}
	}
	target := &operand{ref: parseRef(op.value), label: op.value}
	special := len(op.value) == 1 && strings.Contains("@*#?$!-", op.value)
	if _, err := strconv.Atoi(op.value); err != nil && !special && !isName(target.name) {
		return nil, discard("%s: invalid variable name", op.value)
	}
	target.index = sh.keyText(target.ref)
	return target, sh.load(target)
}

// apply adds op after the operation of p.
func (b *builder) apply(p *syntax.ParamExp, op *operand, quoted bool) error {
	sh := b.sh
	if p.Exp != nil && p.Exp.Op <= syntax.AssignUnsetOrNull && p.Exp.Op >= syntax.AlternateUnset {
		return b.conditional(p, op, quoted)
	}
	if !op.set && (!op.all || p.Length && !op.known()) && sh.opts.has(noUnset) {
		if op.all {
			return sh.unbound(op.name)
		}
		if p.Short && (isDigit(op.label[0]) || op.label == "!") {
			return sh.unbound("$" + op.label)
		}
		return sh.unbound(op.label)
	}
	if p.Length {
		b.result(strconv.Itoa(sh.length(op)), quoted)
		return nil
	}
	transform, err := sh.transform(p, op)
	if err != nil {
		if p.Exp != nil && p.Exp.Op == syntax.OtherParamOps && !op.set && !op.all {
			b.result("", quoted)
			return nil
		}
		return err
	}
	if op.all {
		list := op.list
		if p.Slice != nil && op.v != nil && op.v.flags&(isList|isAssoc) == 0 && len(list) == 1 {
			s, err := sh.sliceString(p.Slice, op, list[0]) // ${x[@]:1} of what is no array
			if err != nil {
				return err
			}
			list = []string{s}
		} else if p.Slice != nil {
			if list, err = sh.sliceList(p.Slice, op); err != nil {
				return err
			}
		}
		out := make([]string, 0, len(list))
		for _, s := range list {
			s, err := transform(s)
			if err != nil {
				return err
			}
			out = append(out, s)
		}
		b.values(out, op.star, quoted)
		return nil
	}
	if !op.set {
		b.result("", quoted)
		return nil
	}
	value := op.value
	if p.Slice != nil {
		if value, err = sh.sliceString(p.Slice, op, value); err != nil {
			return err
		}
	}
	value, err = transform(value)
	b.result(value, quoted)
	return err
}

// known tells whether a list is that of the positional parameters or of an array that was given a value, be it none.
func (op *operand) known() bool { return op.name == "@" || op.name == "*" || op.v != nil && op.v.set }

func (sh *Shell) unbound(label string) error {
	return &failure{msg: label + ": unbound variable", code: sh.fatalCode(), exit: true}
}

func (sh *Shell) length(op *operand) int {
	switch {
	case op.all:
		return len(op.list)
	case sh.charMode() == pattern.Bytes:
		return len(op.value)
	}
	return utf8.RuneCountInString(op.value)
}

// conditional is ${x-w}, ${x:-w}, ${x+w}, ${x=w}, ${x?w} and their kin.
func (b *builder) conditional(p *syntax.ParamExp, op *operand, quoted bool) error {
	has := op.set
	switch p.Exp.Op {
	case syntax.AlternateUnsetOrNull, syntax.DefaultUnsetOrNull, syntax.ErrorUnsetOrNull, syntax.AssignUnsetOrNull:
		has = has && !op.null(quoted, b.separatorText())
	}
	switch p.Exp.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if has {
			return b.wordInside(p.Exp.Word, quoted)
		}
		if op.all && !op.star && len(op.list) == 0 {
			b.empty = true // no field, like an empty "$@"
		} else {
			b.nothing(quoted)
		}
		return nil
	}
	if has {
		if op.all {
			b.values(op.list, op.star, quoted)
		} else {
			b.result(op.value, quoted)
		}
		return nil
	}
	switch p.Exp.Op {
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		return b.sh.missing(p, op)
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		return b.assignDefault(p, op, quoted)
	}
	return b.wordInside(p.Exp.Word, quoted)
}

// null tells whether the value is empty.
func (op *operand) null(quoted bool, separator string) bool {
	if op.star && quoted {
		return strings.Join(op.list, separator) == ""
	}
	if op.all {
		return len(op.list) == 0 || len(op.list) == 1 && op.list[0] == ""
	}
	return op.value == ""
}

func (b *builder) nothing(quoted bool) {
	if quoted {
		b.put("", true)
	}
}

// missing is ${x?message}.
func (sh *Shell) missing(p *syntax.ParamExp, op *operand) error {
	msg, err := sh.literal(p.Exp.Word)
	if err != nil {
		return err
	}
	if msg == "" {
		msg = "parameter null or not set"
		if p.Exp.Op == syntax.ErrorUnset {
			msg = "parameter not set"
		}
	}
	return &failure{msg: op.label + ": " + msg, code: sh.fatalCode(), exit: true}
}

// fatalCode is the exit code of a shell that an expansion ends.
func (sh *Shell) fatalCode() int {
	if sh.sys.command && sh.depth == 0 && !sh.opts.has(errExit) {
		return 127
	}
	return 1
}

func (b *builder) assignDefault(p *syntax.ParamExp, op *operand, quoted bool) error {
	sh := b.sh
	if _, _, special := sh.param(op.name); special || op.all {
		return discard("$%s: cannot assign in this way", op.label)
	}
	inner := sh.newBuilder(false)
	if err := inner.wordInside(p.Exp.Word, quoted); err != nil {
		return err
	}
	value := inner.whole().String()
	if err := sh.assign(op.ref, value, false); err != nil {
		return err
	}
	if v := sh.lookup(op.name); v != nil && op.sub {
		value, _, _ = sh.element(v, op.index)
	} else if v != nil {
		value, _ = v.scalar()
	}
	b.result(value, quoted)
	return nil
}
