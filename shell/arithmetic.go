package shell

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"s6box/shell/arith"
)

// arith evaluates the text of an expression that has been expanded.
func (sh *Shell) arith(text string) (int64, error) {
	n, err := arith.Eval(text, numbers{sh})
	var bad *arith.Error
	if errors.As(err, &bad) {
		return 0, &failure{msg: bad.Error(), code: 1, math: true, soft: true}
	}
	return n, err
}

func (sh *Shell) arithString(text string) (string, error) {
	n, err := sh.arith(text)
	return strconv.FormatInt(n, 10), err
}

// arithExpr expands and evaluates a parsed expression.
func (sh *Shell) arithExpr(x syntax.ArithmExpr) (int64, error) {
	text, err := sh.expression(x)
	if err != nil {
		return 0, err
	}
	return sh.arith(text)
}

// expression expands the words of an expression and puts the text together again, spaces included, because
// what words expand to may be more than operands. Single quotes are ordinary characters, as between double quotes.
func (sh *Shell) expression(x syntax.ArithmExpr) (string, error) { return sh.arithParts(x, true) }

// arithText is expression for an argument of let and for a subscript, in which single quotes do quote.
func (sh *Shell) arithText(x syntax.ArithmExpr) (string, error) { return sh.arithParts(x, false) }

func (sh *Shell) arithParts(x syntax.ArithmExpr, plain bool) (string, error) {
	switch x := x.(type) {
	case nil:
		return "", nil
	case *syntax.Word:
		return sh.arithWord(x, plain)
	case *syntax.ParenArithm:
		inner, err := sh.arithParts(x.X, plain)
		return "(" + inner + ")", err
	case *syntax.UnaryArithm:
		inner, err := sh.arithParts(x.X, plain)
		if x.Post {
			return inner + x.Op.String(), err
		}
		op := x.Op.String()
		return op + gap(x.OpPos, x.X.Pos(), len(op)) + inner, err
	case *syntax.BinaryArithm:
		left, err := sh.arithParts(x.X, plain)
		if err != nil {
			return "", err
		}
		right, err := sh.arithParts(x.Y, plain)
		op := x.Op.String()
		return left + gap(x.X.End(), x.OpPos, 0) + op + gap(x.OpPos, x.Y.Pos(), len(op)) + right, err
	}
	return "", discard("syntax error in expression")
}

// gap is the white space between two nodes of an expression.
func gap(from, to syntax.Pos, length int) string {
	if int(to.Offset())-int(from.Offset()) > length {
		return " "
	}
	return ""
}

func (sh *Shell) arithWord(w *syntax.Word, plain bool) (string, error) {
	if lit := w.Lit(); lit != "" && !strings.Contains(lit, "\\") {
		return lit, nil
	}
	b := sh.newBuilder(false)
	for _, p := range w.Parts {
		if pe, ok := p.(*syntax.ParamExp); ok && pe.Short && pe.Index != nil && !pe.Dollar.IsValid() {
			index, err := sh.subscript(pe.Index)
			if err != nil {
				return "", err
			}
			b.put(pe.Param.Value+"["+disguised(index)+"]", true) // it is expanded once
			continue
		}
		if q, ok := p.(*syntax.SglQuoted); ok && plain && !q.Dollar {
			b.put("'"+q.Value+"'", true) // no quote in an expression
			continue
		}
		if err := b.part(p, true); err != nil {
			return "", err
		}
	}
	return b.whole().String(), nil
}

// numbers gives expressions the variables of a shell.
type numbers struct{ sh *Shell }

func (n numbers) Value(name, index string, sub bool) (string, error) {
	sh := n.sh
	op := &operand{ref: ref{name: name, index: index, sub: sub}, label: name}
	if err := n.key(op); err != nil {
		return "", err
	}
	if err := sh.load(op); err != nil {
		return "", err
	}
	if !op.set && (!sub || op.v == nil) && sh.opts.has(noUnset) {
		return "", sh.unbound(op.name)
	}
	if op.all && len(op.list) > 0 {
		return op.list[0], nil
	}
	return op.value, nil
}

// key expands a subscript that a variable's value brought along.
func (n numbers) key(op *operand) error {
	if !op.sub {
		return nil
	}
	if r, _ := utf8.DecodeRuneInString(op.index); r >= badBytes && r < badBytes+0x100 {
		op.index = undisguised(op.index, badBytes)
		op.label += "[" + op.index + "]"
		return nil
	}
	op.label += "[" + op.index + "]"
	index, err := n.sh.expandText(op.index)
	op.index = strings.Trim(index, `"'`)
	return err
}

func (n numbers) Index(name, index string) (string, error) {
	op := &operand{ref: ref{name: name, index: index, sub: true}}
	if err := n.key(op); err != nil {
		return "", err
	}
	if _, v := n.sh.resolve(op.ref); v != nil && v.flags&isAssoc != 0 {
		return disguised(op.index), nil
	}
	if op.index == "@" || op.index == "*" || strings.TrimSpace(op.index) == "" {
		return op.index, nil
	}
	i, err := n.sh.arith(op.index)
	return strconv.FormatInt(i, 10), err
}

func (n numbers) Assign(name, index string, sub bool, value int64) error {
	op := &operand{ref: ref{name: name, index: index, sub: sub}}
	if err := n.key(op); err != nil {
		return err
	}
	return n.sh.assign(op.ref, strconv.FormatInt(value, 10), false)
}
