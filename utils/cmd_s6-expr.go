package utils

import (
	"cmp"
	"slices"
	"strconv"

	"s6box/internal/applet"
)

var cmdS6Expr = applet.Applet{
	Name:  "s6-expr",
	Usage: "expression...",
	Help: `Computes with integers of 64 bits and prints the result. Every number, operator and parenthesis is a word.
From the weakest to the strongest, those of a line from left to right:

  |                   the left one unless it is 0, else the right one
  &                   the left one unless either is 0, else 0
  = != < <= > >=      1 or 0
  + -
  * / %
  ( expression )

Exit codes: 0, or 1 if the result is 0; 2 that is no expression, 111 stdout can't be written.

Example: s6-expr 2 * ( 3 + 4 )
`,
	Run:    runExpr,
	Inline: true,
}

// exitExpr is the exit code for an invalid expression.
const exitExpr = 2

func runExpr(inv *applet.Invocation) error {
	e := expression{words: inv.Args}
	v, ok := e.level(0)
	if !ok || len(e.words) > 0 {
		return applet.Fatal(exitExpr, "invalid expression")
	}
	if v.undefined {
		return applet.Fatal(exitExpr, "division by zero")
	}
	if err := print(inv, strconv.FormatInt(v.n, 10)+"\n"); err != nil {
		return err
	}
	if v.n == 0 {
		return applet.Exit(1)
	}
	return nil
}

// value is a number, or what a division by zero yields: that is an error only where it counts.
type value struct {
	n         int64
	undefined bool
}

// expression is what is left to read of one.
type expression struct{ words []string }

// operators are those there are, from the weakest to the strongest.
var operators = [...][]string{{"|"}, {"&"}, {"=", "!=", "<", "<=", ">", ">="}, {"+", "-"}, {"*", "/", "%"}}

// level reads an expression of operators that are no weaker than operators[n].
func (e *expression) level(n int) (v value, ok bool) {
	if n == len(operators) {
		return e.operand()
	}
	v, ok = e.level(n + 1)
	for ok && len(e.words) > 0 && slices.Contains(operators[n], e.words[0]) {
		op := e.words[0]
		e.words = e.words[1:]
		var right value
		right, ok = e.level(n + 1)
		v = apply(op, v, right)
	}
	return v, ok
}

// operand reads a number or an expression in parentheses.
func (e *expression) operand() (v value, ok bool) {
	if len(e.words) == 0 {
		return v, false
	}
	word := e.words[0]
	e.words = e.words[1:]
	if word != "(" {
		n, err := strconv.ParseInt(word, 10, 64)
		return value{n: n}, err == nil
	}
	v, ok = e.level(0)
	if !ok || len(e.words) == 0 || e.words[0] != ")" {
		return v, false
	}
	e.words = e.words[1:]
	return v, true
}

func apply(op string, a, b value) value {
	switch {
	case a.undefined:
		return a
	case op == "|" && a.n != 0, op == "&" && a.n == 0:
		return a
	case op == "|", b.undefined, op == "&" && b.n == 0:
		return b
	case op == "&":
		return a
	case b.n == 0 && (op == "/" || op == "%"):
		return value{undefined: true}
	}
	return value{n: compute(op, a.n, b.n)}
}

func compute(op string, a, b int64) int64 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	case "%":
		return a % b
	}
	c := cmp.Compare(a, b)
	if op == "=" && c == 0 || op == "!=" && c != 0 || op[0] == '<' && c < 0 || op[0] == '>' && c > 0 ||
		(op == "<=" || op == ">=") && c == 0 {
		return 1
	}
	return 0
}
