package posixre

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// errBeyond says that an expression has what package regexp lacks: back references, beginnings and ends of words.
var errBeyond = errors.New("not for package regexp")

// translator writes an expression in the syntax of package regexp.
type translator struct {
	src   string
	i     int
	basic bool
	fold  bool // package regexp folds case too: of ASCII alone it may
	out   strings.Builder
	depth int // open groups
	atom  int // where in out the expression begins that a repetition would repeat; -1: there is none
	group []int
	fresh bool // at the beginning of an expression, group or alternative
}

func (t *translator) run() error {
	t.begin()
	for t.i < len(t.src) {
		if err := t.item(); err != nil {
			return err
		}
	}
	if t.depth > 0 {
		return errors.New("Missing ')'")
	}
	return nil
}

// begin starts an expression, a group or an alternative.
func (t *translator) begin() { t.atom, t.fresh = -1, true }

// item translates the next element. An operator is a byte that is special bare in an extended expression, and
// behind a backslash in a basic one.
func (t *translator) item() error {
	c := t.src[t.i]
	if c == '\\' {
		if t.i+1 == len(t.src) {
			return errors.New("Trailing backslash")
		}
		c = t.src[t.i+1]
		t.i += 2
		if t.basic && strings.IndexByte("(){}|+?", c) >= 0 {
			return t.operator(c)
		}
		return t.escaped(c)
	}
	t.i++
	switch c {
	case '[':
		return t.bracket()
	case '.':
		t.emit(".")
	case '*':
		return t.star()
	case '^':
		t.caret()
	case '$':
		t.dollar()
	case '(', ')', '{', '|', '+', '?':
		if !t.basic {
			return t.operator(c)
		}
		t.literal(c)
	default:
		t.literal(c)
	}
	return nil
}

func (t *translator) operator(c byte) error {
	switch c {
	case '(':
		t.group = append(t.group, t.out.Len())
		t.out.WriteByte('(')
		t.depth++
		t.begin()
	case ')':
		if t.depth == 0 {
			if t.basic {
				return errors.New("Missing '('")
			}
			t.literal(c)
			return nil
		}
		t.out.WriteByte(')')
		t.depth--
		t.atom, t.fresh = t.group[t.depth], false
		t.group = t.group[:t.depth]
	case '|':
		t.out.WriteByte('|')
		t.begin()
	case '{':
		return t.interval()
	case '}':
		t.literal(c)
	default:
		return t.repeat(string(c))
	}
	return nil
}

// star is an operator behind something, and itself at the beginning of a basic expression.
func (t *translator) star() error {
	if t.basic && t.fresh {
		t.literal('*')
		return nil
	}
	return t.repeat("*")
}

// repeat applies op to the last atom. Behind another repetition, and an anchor, it repeats that.
func (t *translator) repeat(op string) error {
	if t.atom < 0 {
		return errors.New("Repetition not preceded by valid expression")
	}
	whole := t.out.String()
	atom := whole[t.atom:]
	t.out.Reset()
	t.out.WriteString(whole[:t.atom] + "(?:" + atom + ")" + op)
	return nil
}

// interval reads {n}, {n,}, {n,m} or, as glibc does, {,m} from behind its brace.
func (t *translator) interval() error {
	closing := "}"
	if t.basic {
		closing = `\}`
	}
	body, _, found := strings.Cut(t.src[t.i:], closing)
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
	t.i += len(body) + len(closing)
	if comma {
		low += ","
	}
	return t.repeat("{" + low + high + "}")
}

// caret is an anchor, but in a basic expression only at the beginning.
func (t *translator) caret() {
	if t.basic && !t.fresh {
		t.literal('^')
		return
	}
	t.atom = t.out.Len()
	t.out.WriteString(`\A`)
}

// dollar is an anchor, but in a basic expression only at the end.
func (t *translator) dollar() {
	rest := t.src[t.i:]
	if t.basic && !endsHere(rest) {
		t.literal('$')
		return
	}
	t.emit(`\z`)
}

// escaped translates a byte behind a backslash: itself, or one of the usual extensions.
func (t *translator) escaped(c byte) error {
	switch c {
	case 'w', 'W', 's', 'S', 'd', 'D', 'b', 'B':
		t.emit(`\` + string(c))
	case '<', '>':
		return errBeyond
	case 'a', 'e', 'f', 'n', 'r', 't':
		t.literal(control(c))
	case 'x':
		value, n := hex(t.src[t.i:])
		t.i += n
		t.literal(value)
	default:
		if '1' <= c && c <= '9' {
			return errBeyond
		}
		t.literal(c)
	}
	return nil
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

func (t *translator) literal(c byte) {
	if t.fold && c >= 0x80 {
		t.emit("(?-i:" + quoted(c) + ")")
		return
	}
	t.emit(quoted(c))
}

// quoted spells a byte, whatever it is, for package regexp.
func quoted(c byte) string { return fmt.Sprintf(`\x%02x`, c) }

// emit writes an atom.
func (t *translator) emit(s string) {
	t.atom, t.fresh = t.out.Len(), false
	t.out.WriteString(s)
}
