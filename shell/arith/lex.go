package arith

import "strings"

// token is one operator, number or name of an expression. Kinds are the operator's text, "n" for a number,
// "v" for a variable and "" at the end.
type token struct {
	kind  string
	value int64  // number
	name  string // variable
	index string // subscript of the variable, as written
	sub   bool   // there is a subscript
	at    int    // where it begins
}

// operators, longest first within a first character.
var operators = [...]string{
	"<<=", ">>=", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "**", "++", "--",
	"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
	"<", ">", "=", "!", "&", "|", "*", "+", "-", "/", "%", "^", "~", "?", ":", ",", "(", ")",
}

// advance reads the next token.
func (e *evaluator) advance() error {
	e.prev = e.tok.kind
	e.last = e.tok.at
	for e.pos < len(e.text) && strings.IndexByte(" \t\n\r", e.text[e.pos]) >= 0 {
		e.pos++
	}
	e.tok = token{at: e.pos}
	if e.pos == len(e.text) {
		return nil
	}
	c := e.text[e.pos]
	switch {
	case isDigit(c):
		return e.number()
	case isNameStart(c):
		return e.variable()
	}
	for _, op := range operators {
		if strings.HasPrefix(e.text[e.pos:], op) {
			e.operator(op)
			return nil
		}
	}
	switch e.prev {
	case "n", "v", ")":
		return e.fail("syntax error: invalid arithmetic operator", e.pos)
	}
	return e.fail("syntax error: operand expected", e.pos)
}

// operator takes op; "++" and "--" that have no variable beside them are two signs.
func (e *evaluator) operator(op string) {
	if (op == "++" || op == "--") && e.prev != "v" && !e.nameAt(e.pos+2) {
		op = op[:1]
	}
	e.tok.kind = op
	e.pos += len(op)
}

func (e *evaluator) nameAt(i int) bool {
	for i < len(e.text) && (e.text[i] == ' ' || e.text[i] == '\t') {
		i++
	}
	return i < len(e.text) && isNameStart(e.text[i])
}

func (e *evaluator) number() error {
	start := e.pos
	for e.pos < len(e.text) && (isName(e.text[e.pos]) || e.text[e.pos] == '#' || e.text[e.pos] == '@') {
		e.pos++
	}
	n, problem := number(e.text[start:e.pos])
	if problem != "" {
		text := e.text[start:e.pos]
		return &Error{text + ": " + problem, text}
	}
	e.tok.kind, e.tok.value = "n", n
	return nil
}

func (e *evaluator) variable() error {
	start := e.pos
	for e.pos < len(e.text) && isName(e.text[e.pos]) {
		e.pos++
	}
	e.tok.kind, e.tok.name = "v", e.text[start:e.pos]
	if e.pos == len(e.text) || e.text[e.pos] != '[' {
		return nil
	}
	depth := 0
	for i := e.pos; i < len(e.text); i++ {
		switch e.text[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				e.tok.index, e.tok.sub = e.text[e.pos+1:i], true
				e.pos = i + 1
				return nil
			}
		}
	}
	return e.fail("bad array subscript", start)
}

// number reads an integer constant as bash writes them: decimal, 0octal, 0xhex or base#digits. problem says
// what is wrong with it.
func number(text string) (n int64, problem string) {
	base, digits := int64(10), text
	if prefix, rest, ok := strings.Cut(text, "#"); ok {
		b, bad := number(prefix)
		if bad != "" || b < 2 || b > 64 || prefix[0] == '0' {
			return 0, "invalid arithmetic base"
		}
		if rest == "" {
			return 0, "invalid integer constant"
		}
		base, digits = b, rest
	} else if len(text) > 1 && text[0] == '0' {
		base, digits = 8, text[1:]
		if text[1] == 'x' || text[1] == 'X' {
			base, digits = 16, text[2:]
		}
	}
	for i := range len(digits) {
		d := digit(digits[i], base)
		if d < 0 {
			return 0, "invalid number"
		}
		if d >= base {
			return 0, "value too great for base"
		}
		n = n*base + d
	}
	return n, ""
}

func digit(c byte, base int64) int64 {
	switch {
	case isDigit(c):
		return int64(c - '0')
	case 'a' <= c && c <= 'z':
		return int64(c-'a') + 10
	case 'A' <= c && c <= 'Z' && base <= 36:
		return int64(c-'A') + 10
	case 'A' <= c && c <= 'Z':
		return int64(c-'A') + 36
	case c == '@':
		return 62
	case c == '_':
		return 63
	}
	return -1
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameStart(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

func isName(c byte) bool { return isNameStart(c) || isDigit(c) }
