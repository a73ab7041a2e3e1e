package posixre

import (
	"errors"
	"strconv"
	"strings"

	"s6box/internal/charclass"
)

// errBackReference says that an expression has one, which takes another way to match.
var errBackReference = errors.New("back reference")

// deepest is how many groups may be open at once.
const deepest = 1000

// parser reads an expression.
type parser struct {
	src    string
	i      int
	basic  bool
	fold   bool
	groups int
	refers bool    // to a group
	open   []*node // groups that have begun, the whole expression first
	fresh  bool    // at the beginning of an expression, group or alternative, but for a ^
}

func (p *parser) parse() (*node, error) {
	p.begin(&node{kind: group})
	for p.i < len(p.src) {
		if err := p.item(); err != nil {
			return nil, err
		}
	}
	if len(p.open) > 1 {
		return nil, errors.New("Missing ')'")
	}
	if p.refers {
		return nil, errBackReference
	}
	return p.open[0], nil
}

// begin starts a group.
func (p *parser) begin(n *node) {
	p.open = append(p.open, n)
	p.alternative()
}

// alternative starts another branch of the innermost group.
func (p *parser) alternative() {
	n := p.innermost()
	n.alts = append(n.alts, nil)
	p.fresh = true
}

func (p *parser) innermost() *node { return p.open[len(p.open)-1] }

// branch is what is being read.
func (p *parser) branch() *[]*node {
	n := p.innermost()
	return &n.alts[len(n.alts)-1]
}

// emit adds an atom.
func (p *parser) emit(n *node) {
	b := p.branch()
	*b = append(*b, n)
	p.fresh = false
}

func (p *parser) emitSet(fill func(s *set)) {
	s := new(set)
	fill(s)
	p.emit(&node{kind: oneByte, set: s})
}

func (p *parser) literal(c byte) {
	p.emitSet(func(s *set) {
		s.add(c)
		if p.fold {
			s.fold()
		}
	})
}

// item reads the next element. An operator is a byte that is special bare in an extended expression, and
// behind a backslash in a basic one.
func (p *parser) item() error {
	c := p.src[p.i]
	if c == '\\' {
		if p.i+1 == len(p.src) {
			return errors.New("Trailing backslash")
		}
		c = p.src[p.i+1]
		p.i += 2
		if p.basic && strings.IndexByte(operators, c) >= 0 {
			return p.operator(c)
		}
		return p.escaped(c)
	}
	p.i++
	switch c {
	case '[':
		return p.bracket()
	case '.':
		p.emitSet((*set).invert)
	case '*':
		return p.star()
	case '^':
		p.caret()
	case '$':
		p.dollar()
	case '(', ')', '{', '|', '+', '?':
		if !p.basic {
			return p.operator(c)
		}
		p.literal(c)
	default:
		p.literal(c)
	}
	return nil
}

func (p *parser) operator(c byte) error {
	switch c {
	case '(':
		if len(p.open) > deepest {
			return errors.New("Out of memory")
		}
		p.groups++
		p.begin(&node{kind: group, index: p.groups})
	case ')':
		return p.end()
	case '|':
		p.alternative()
	case '{':
		return p.interval()
	case '}':
		p.literal(c)
	case '+':
		return p.repeat(1, -1)
	case '?':
		return p.repeat(0, 1)
	}
	return nil
}

// end ends a group.
func (p *parser) end() error {
	if len(p.open) == 1 {
		if p.basic {
			return errors.New("Missing '('")
		}
		p.literal(')')
		return nil
	}
	n := p.innermost()
	p.open = p.open[:len(p.open)-1]
	p.emit(n)
	return nil
}

// star is an operator behind something, and itself at the beginning of a basic expression.
func (p *parser) star() error {
	if p.basic && p.fresh {
		p.literal('*')
		return nil
	}
	return p.repeat(0, -1)
}

// repeat repeats the last atom. Behind another repetition, and an anchor, it repeats that.
func (p *parser) repeat(min, max int) error {
	b := *p.branch()
	if len(b) == 0 {
		return errors.New("Repetition not preceded by valid expression")
	}
	last := &b[len(b)-1]
	*last = &node{kind: repeated, sub: *last, min: min, max: max}
	return nil
}

// interval reads {n}, {n,}, {n,m} or, as glibc does, {,m} from behind its brace.
func (p *parser) interval() error {
	closing := "}"
	if p.basic {
		closing = `\}`
	}
	body, _, found := strings.Cut(p.src[p.i:], closing)
	low, high, comma := strings.Cut(body, ",")
	if comma && low == "" {
		low = "0"
	}
	n, err := strconv.ParseUint(low, 10, 16)
	m := n
	if comma && high != "" && err == nil {
		m, err = strconv.ParseUint(high, 10, 16)
	}
	const most = 255
	if !found || err != nil || n > m || m > most {
		return errors.New("Invalid contents of {}")
	}
	p.i += len(body) + len(closing)
	if comma && high == "" {
		return p.repeat(int(n), -1)
	}
	return p.repeat(int(n), int(m))
}

// caret is an anchor, but in a basic expression only at the beginning.
func (p *parser) caret() {
	if p.basic && len(*p.branch()) > 0 {
		p.literal('^')
		return
	}
	fresh := p.fresh
	p.emit(&node{kind: assert, holds: atBegin})
	p.fresh = fresh
}

// dollar is an anchor, but in a basic expression only at the end.
func (p *parser) dollar() {
	if p.basic && !endsHere(p.src[p.i:]) {
		p.literal('$')
		return
	}
	p.emit(&node{kind: assert, holds: atEnd})
}

// escaped reads a byte behind a backslash: itself, or one of the usual extensions.
func (p *parser) escaped(c byte) error {
	switch c {
	case 'w', 'W', 's', 'S', 'd', 'D':
		p.emitSet(func(s *set) {
			s.where(func(b byte) bool { return charclass.In(class(c|0x20), rune(b)) && b < 0x80 })
			if c < 'a' {
				s.invert()
			}
		})
	case 'b', 'B', '<', '>':
		p.emit(&node{kind: assert, holds: boundary(c)})
	case 'a', 'e', 'f', 'n', 'r', 't':
		p.literal(control(c))
	case 'x':
		value, n := hex(p.src[p.i:])
		p.i += n
		p.emitSet(func(s *set) { s.add(value) }) // in this case, always
	default:
		p.refers = p.refers || '1' <= c && c <= '9'
		p.literal(c)
	}
	return nil
}

func class(letter byte) string {
	switch letter {
	case 'w':
		return "word"
	case 's':
		return "space"
	}
	return "digit"
}

func boundary(c byte) assertion {
	switch c {
	case '<':
		return atWord
	case '>':
		return behindWord
	case 'b':
		return atBoundary
	}
	return notAtBoundary
}

// control is the character that a letter behind a backslash stands for.
func control(letter byte) byte { return "\a\x1b\f\n\r\t"[strings.IndexByte("aefnrt", letter)] }

// hex reads up to two hexadecimal digits.
func hex(s string) (value byte, n int) {
	for n < min(2, len(s)) && strings.IndexByte("0123456789abcdefABCDEF", s[n]) >= 0 {
		n++
	}
	v, _ := strconv.ParseUint("0"+s[:n], 16, 8)
	return byte(v), n
}
