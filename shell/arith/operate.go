package arith

import "slices"

// levels are the left-associative operators, from the loosest to the tightest.
var levels = [...][]string{
	{"|"}, {"^"}, {"&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"},
}

func (e *evaluator) level(l int) (int64, error) {
	if l == len(levels) {
		return e.power()
	}
	n, err := e.level(l + 1)
	for err == nil && slices.Contains(levels[l], e.tok.kind) {
		op := e.tok.kind
		if err = e.advance(); err != nil {
			break
		}
		var right int64
		if right, err = e.level(l + 1); err == nil {
			n, err = e.binary(op, n, right)
		}
	}
	return n, err
}

func (e *evaluator) power() (int64, error) {
	n, err := e.unary()
	if err != nil || e.tok.kind != "**" {
		return n, err
	}
	if err := e.advance(); err != nil {
		return 0, err
	}
	exponent, err := e.power()
	if err != nil {
		return 0, err
	}
	return e.binary("**", n, exponent)
}

func (e *evaluator) binary(op string, a, b int64) (int64, error) {
	switch op {
	case "+":
		return a + b, nil
	case "-":
		return a - b, nil
	case "*":
		return a * b, nil
	case "/", "%":
		return e.divide(op, a, b)
	case "**":
		return e.raise(a, b)
	case "<<":
		return a << (uint64(b) & 63), nil
	case ">>":
		return a >> (uint64(b) & 63), nil
	case "&":
		return a & b, nil
	case "|":
		return a | b, nil
	case "^":
		return a ^ b, nil
	}
	return compare(op, a, b), nil
}

func compare(op string, a, b int64) int64 {
	switch op {
	case "==":
		return truth(a == b)
	case "!=":
		return truth(a != b)
	case "<":
		return truth(a < b)
	case ">":
		return truth(a > b)
	case "<=":
		return truth(a <= b)
	default:
		return truth(a >= b)
	}
}

func (e *evaluator) divide(op string, a, b int64) (int64, error) {
	switch {
	case b == 0 && e.skip > 0:
		return 0, nil
	case b == 0:
		return 0, e.fail("division by 0", e.last)
	case b == -1 && op == "/":
		return -a, nil
	case b == -1:
		return 0, nil
	case op == "/":
		return a / b, nil
	}
	return a % b, nil
}

func (e *evaluator) raise(a, b int64) (int64, error) {
	if b < 0 {
		return 0, e.fail("exponent less than 0", e.last)
	}
	n := int64(1)
	for ; b > 0; b >>= 1 {
		if b&1 != 0 {
			n *= a
		}
		a *= a
	}
	return n, nil
}

func (e *evaluator) unary() (int64, error) {
	op := e.tok.kind
	switch op {
	case "++", "--":
		return e.before(op)
	case "!", "~", "+", "-":
		if err := e.advance(); err != nil {
			return 0, err
		}
		if e.tok.kind == "" {
			return 0, e.fail("syntax error: operand expected", e.last)
		}
		n, err := e.unary()
		if err != nil {
			return 0, err
		}
		return sign(op, n), nil
	}
	return e.primary()
}

func sign(op string, n int64) int64 {
	switch op {
	case "!":
		return truth(n == 0)
	case "~":
		return ^n
	case "-":
		return -n
	}
	return n
}

// before is ++name and --name.
func (e *evaluator) before(op string) (int64, error) {
	if err := e.advance(); err != nil {
		return 0, err
	}
	t := e.tok
	if t.kind != "v" {
		return 0, e.fail("identifier expected after pre-increment or pre-decrement", t.at)
	}
	if err := e.advance(); err != nil {
		return 0, err
	}
	n, err := e.load(t)
	if err != nil {
		return 0, err
	}
	n += step(op)
	return n, e.store(e.place, n)
}

func step(op string) int64 {
	if op == "++" {
		return 1
	}
	return -1
}

func (e *evaluator) primary() (int64, error) {
	t := e.tok
	switch t.kind {
	case "n":
		return t.value, e.advance()
	case "(":
		if err := e.advance(); err != nil {
			return 0, err
		}
		n, err := e.comma()
		if err != nil {
			return 0, err
		}
		if e.tok.kind != ")" {
			return 0, e.fail("missing `)'", e.last)
		}
		return n, e.advance()
	case "v":
		return e.name(t)
	}
	at := t.at
	if t.kind == "" {
		at = e.last
	}
	return 0, e.fail("syntax error: operand expected", at)
}

func (e *evaluator) name(t token) (int64, error) {
	if err := e.advance(); err != nil {
		return 0, err
	}
	op := e.tok.kind
	if op == "=" {
		e.last = t.at
		return 0, nil // its old value does not matter, and need not be a number
	}
	n, err := e.load(t)
	if err != nil || op != "++" && op != "--" {
		return n, err
	}
	place := e.place
	if err := e.advance(); err != nil {
		return 0, err
	}
	return n, e.store(place, n+step(op))
}

// load evaluates the value of a variable, itself an expression.
func (e *evaluator) load(t token) (int64, error) {
	if e.skip > 0 {
		return 0, nil
	}
	if t.sub {
		index, err := e.vars.Index(t.name, t.index)
		if err != nil {
			return 0, err
		}
		t.index = index
	}
	e.place = t
	value, err := e.vars.Value(t.name, t.index, t.sub)
	if err != nil {
		return 0, err
	}
	return eval(value, e.vars, e.depth+1)
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
