// Package arith evaluates the integer expressions of the shell, as bash's $((…)) does after expansion.
package arith

import (
	"strconv"
	"strings"
)

// Variables is where an expression finds and leaves values. sub says that the name has a subscript, index,
// which is as written.
type Variables interface {
	// Value returns the value of a variable, "" when it has none.
	Value(name, index string, sub bool) (string, error)
	Assign(name, index string, sub bool, value int64) error
	// Index evaluates a subscript, for what is used more than once. The other methods take the answer for a subscript.
	Index(name, index string) (string, error)
}

// Error is a malformed or impossible expression.
type Error struct {
	Msg   string // the expression and what is wrong with it
	Token string // the rest of the expression, from the trouble on
}

func (e *Error) Error() string { return e.Msg + ` (error token is "` + e.Token + `")` }

// maxDepth bounds how many variables may stand for expressions with variables.
const maxDepth = 1024

// Eval evaluates text. An empty expression is 0.
func Eval(text string, vars Variables) (int64, error) { return eval(text, vars, 0) }

func eval(text string, vars Variables, depth int) (int64, error) {
	trimmed := strings.TrimSpace(text)
	if n, ok := simple(trimmed); ok {
		return n, nil
	}
	if depth > maxDepth {
		return 0, &Error{text + ": expression recursion level exceeded", text}
	}
	e := evaluator{text: strings.TrimLeft(text, " \t\n"), vars: vars, depth: depth}
	if err := e.advance(); err != nil {
		return 0, err
	}
	if e.tok.kind == "" {
		return 0, nil
	}
	n, err := e.comma()
	if err != nil {
		return 0, err
	}
	if e.tok.kind != "" {
		return 0, e.fail("syntax error in expression", e.tok.at)
	}
	return n, nil
}

// simple is the common case: a plain decimal number.
func simple(s string) (int64, bool) {
	if s == "" || len(s) > 18 || s[0] == '0' && len(s) > 1 || !isDigit(s[0]) {
		return 0, s == ""
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

type evaluator struct {
	text  string
	pos   int
	tok   token
	prev  string // kind of the token before
	last  int    // where the token before began
	vars  Variables
	depth int
	place token // the variable that was evaluated last, with its subscript evaluated
	skip  int   // > 0: parse only, for what && || ?: don't evaluate
}

func (e *evaluator) fail(msg string, at int) error {
	return &Error{e.text + ": " + msg, e.text[at:]}
}

func (e *evaluator) comma() (int64, error) {
	n, err := e.assignment()
	for err == nil && e.tok.kind == "," {
		if err = e.advance(); err == nil {
			n, err = e.assignment()
		}
	}
	return n, err
}

func (e *evaluator) assignment() (int64, error) {
	target := e.tok
	n, err := e.ternary()
	if err != nil {
		return 0, err
	}
	op := e.tok.kind
	if !strings.HasSuffix(op, "=") || op == "==" || op == "!=" || op == "<=" || op == ">=" {
		return n, nil
	}
	if target.kind != "v" || e.last != target.at {
		return 0, e.fail("attempted assignment to non-variable", e.tok.at)
	}
	if op != "=" {
		target = e.place
	}
	at := e.tok.at
	if err := e.advance(); err != nil {
		return 0, err
	}
	if e.tok.kind == "" {
		return 0, e.fail("syntax error: operand expected", at)
	}
	right, err := e.assignment()
	if err != nil {
		return 0, err
	}
	if op != "=" {
		if right, err = e.binary(op[:len(op)-1], n, right); err != nil {
			return 0, err
		}
	}
	return right, e.store(target, right)
}

func (e *evaluator) store(t token, n int64) error {
	if e.skip > 0 {
		return nil
	}
	return e.vars.Assign(t.name, t.index, t.sub, n)
}

func (e *evaluator) ternary() (int64, error) {
	cond, err := e.or()
	if err != nil || e.tok.kind != "?" {
		return cond, err
	}
	if err := e.advance(); err != nil {
		return 0, err
	}
	if e.tok.kind == "" {
		return 0, e.fail("expression expected", e.last)
	}
	if e.tok.kind == ":" {
		return 0, e.fail("expression expected", e.tok.at)
	}
	yes, err := e.branch(cond != 0, e.comma)
	if err != nil {
		return 0, err
	}
	if e.tok.kind != ":" {
		return 0, e.fail("`:' expected for conditional expression", e.last)
	}
	if err := e.advance(); err != nil {
		return 0, err
	}
	if e.tok.kind == "" {
		return 0, e.fail("expression expected", e.last)
	}
	no, err := e.branch(cond == 0, e.ternary)
	if err != nil {
		return 0, err
	}
	if cond != 0 {
		return yes, nil
	}
	return no, nil
}

// branch parses with f, and evaluates only if it is taken.
func (e *evaluator) branch(taken bool, f func() (int64, error)) (int64, error) {
	if !taken {
		e.skip++
		defer func() { e.skip-- }()
	}
	return f()
}

func (e *evaluator) or() (int64, error) { return e.logical("||", e.and) }
func (e *evaluator) and() (int64, error) {
	return e.logical("&&", func() (int64, error) { return e.level(0) })
}

func (e *evaluator) logical(op string, operand func() (int64, error)) (int64, error) {
	n, err := operand()
	for err == nil && e.tok.kind == op {
		if err = e.advance(); err != nil {
			break
		}
		var right int64
		right, err = e.branch((n != 0) == (op == "&&"), operand)
		if op == "&&" {
			n = truth(n != 0 && right != 0)
		} else {
			n = truth(n != 0 || right != 0)
		}
	}
	return n, err
}
