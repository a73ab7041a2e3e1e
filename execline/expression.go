package execline

import (
	"strings"

	"s6box/internal/applet"
)

// An expression of eltest, from weakest to strongest: -o, -a, !, then an operand, a unary or binary operator
// with operands, or parentheses. A word that looks like an operator is one; a backslash in front makes it an
// operand. See the page of eltest.

// test is a part of an expression.
type test func() (bool, error)

// testParser reads the words of an expression.
type testParser struct {
	inv   *applet.Invocation
	words []string
	i     int
}

func (p *testParser) parse() (test, error) {
	whole, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.i == len(p.words) {
		return whole, nil
	}
	if p.words[p.i] == ")" {
		return nil, applet.Fatal(applet.ExitUsage, "parse error: bad right parenthesis at argument %d", p.i+1)
	}
	return nil, p.unexpected()
}

// unexpected complains of the next word; the position counts from 0, as upstream has it.
func (p *testParser) unexpected() error {
	if p.i >= len(p.words) {
		return applet.Fatal(applet.ExitUsage, "parse error at argument %d: the expression ends too early", p.i)
	}
	return applet.Fatal(applet.ExitUsage, "parse error at argument %d: unexpected %s", p.i, p.words[p.i])
}

func (p *testParser) accept(word string) bool {
	if p.i < len(p.words) && p.words[p.i] == word {
		p.i++
		return true
	}
	return false
}

func (p *testParser) or() (test, error) {
	left, err := p.and()
	for err == nil && p.accept("-o") {
		a := left
		var b test
		if b, err = p.and(); err == nil {
			left = func() (bool, error) {
				if ok, err := a(); ok || err != nil {
					return ok, err
				}
				return b()
			}
		}
	}
	return left, err
}

func (p *testParser) and() (test, error) {
	left, err := p.not()
	for err == nil && p.accept("-a") {
		a := left
		var b test
		if b, err = p.not(); err == nil {
			left = func() (bool, error) {
				if ok, err := a(); !ok || err != nil {
					return ok, err
				}
				return b()
			}
		}
	}
	return left, err
}

func (p *testParser) not() (test, error) {
	negate := false
	for p.accept("!") {
		negate = !negate
	}
	inner, err := p.primary()
	if err != nil || !negate {
		return inner, err
	}
	return func() (bool, error) {
		ok, err := inner()
		return !ok, err
	}, nil
}

func (p *testParser) primary() (test, error) {
	if p.accept("(") {
		inner, err := p.or()
		if err == nil && !p.accept(")") {
			err = p.unexpected()
		}
		return inner, err
	}
	if p.i < len(p.words) && isUnary(p.words[p.i]) {
		op := p.words[p.i]
		p.i++
		arg, err := p.operand()
		return func() (bool, error) { return unaryTest(p.inv, op, arg) }, err
	}
	left, err := p.operand()
	if err != nil || p.i == len(p.words) || !isBinary(p.words[p.i]) {
		return func() (bool, error) { return left != "", nil }, err
	}
	op := p.words[p.i]
	p.i++
	right, err := p.operand()
	return func() (bool, error) { return binaryTest(p.inv, op, left, right) }, err
}

func (p *testParser) operand() (string, error) {
	if p.i == len(p.words) || isOperator(p.words[p.i]) {
		return "", p.unexpected()
	}
	word := p.words[p.i]
	p.i++
	return strings.TrimPrefix(word, `\`), nil
}

func isOperator(word string) bool {
	switch word {
	case "(", ")", "!", "-a", "-o":
		return true
	}
	return isUnary(word) || isBinary(word)
}

func isUnary(word string) bool {
	return len(word) == 2 && word[0] == '-' && strings.IndexByte("bcdefghkLprsStuwxOUGNnzv", word[1]) >= 0
}

func isBinary(word string) bool {
	switch word {
	case "=", "!=", "<", "<=", ">", ">=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}
