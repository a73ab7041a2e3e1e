package ere

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"s6box/internal/charclass"
)

type kind uint8

const (
	char    kind = iota // one character equal to r
	any                 // one character
	bracket             // one character of set
	begin               // ^
	end                 // $
	word                // \b \B \< \>: op says which
	group               // alternatives; index > 0 captures
	backref             // index
)

type node struct {
	kind  kind
	r     rune
	op    byte
	set   *set
	index int
	alts  [][]node
	min   int
	max   int // -1: no limit
}

type set struct {
	negate  bool
	ranges  [][2]rune
	classes []string
}

type parser struct {
	text   string
	at     int
	groups int
	choice bool // there is an alternation
}

// alternatives reads branches up to ")" or the end.
func (p *parser) alternatives(depth int) ([][]node, error) {
	var alts [][]node
	for {
		branch, err := p.branch(depth)
		if err != nil {
			return nil, err
		}
		alts = append(alts, branch)
		if p.at == len(p.text) || p.text[p.at] == ')' {
			return alts, nil
		}
		p.choice = true
		p.at++
	}
}

func (p *parser) branch(depth int) ([]node, error) {
	var out []node
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c == '|' || c == ')' && depth > 0 {
			return out, nil
		}
		n, err := p.atom(len(out) == 0, depth)
		if err != nil {
			return nil, err
		}
		if err := p.repeats(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (p *parser) atom(first bool, depth int) (node, error) {
	n := node{min: 1, max: 1}
	switch c := p.text[p.at]; c {
	case '(':
		return p.group(depth)
	case '[':
		set, err := p.bracket()
		n.kind, n.set = bracket, set
		return n, err
	case '\\':
		return p.escape()
	case '.':
		n.kind = any
	case '^':
		n.kind = begin
	case '$':
		n.kind = end
	case '*', '+', '?':
		if !first {
			return n, errors.New("Invalid preceding regular expression")
		}
		n.r = rune(c)
	default:
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		n.r = r
		p.at += size
		return n, nil
	}
	p.at++
	return n, nil
}

func (p *parser) group(depth int) (node, error) {
	p.groups++
	n := node{kind: group, index: p.groups, min: 1, max: 1}
	p.at++
	alts, err := p.alternatives(depth + 1)
	if err != nil {
		return n, err
	}
	if p.at == len(p.text) {
		return n, errors.New("Unmatched ( or \\(")
	}
	p.at++
	n.alts = alts
	return n, nil
}

func (p *parser) escape() (node, error) {
	n := node{min: 1, max: 1}
	p.at++
	if p.at == len(p.text) {
		return n, errors.New("Trailing backslash")
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case 'w', 'W':
		n.kind, n.set = bracket, &set{negate: c == 'W', classes: []string{"word"}}
	case 's', 'S':
		n.kind, n.set = bracket, &set{negate: c == 'S', classes: []string{"space"}}
	case 'b', 'B', '<', '>':
		n.kind, n.op = word, c
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		n.kind, n.index = backref, int(c-'0')
		if n.index > p.groups {
			return n, errors.New("Invalid back reference")
		}
	default:
		p.at--
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		n.r = r
		p.at += size
	}
	return n, nil
}

// repeats applies the * + ? {m,n} that follow to n.
func (p *parser) repeats(n *node) error {
	for p.at < len(p.text) {
		lo, hi := 0, -1
		switch p.text[p.at] {
		case '*':
		case '+':
			lo = 1
		case '?':
			hi = 1
		case '{':
			length := 0
			if lo, hi, length = interval(p.text[p.at:]); length == 0 {
				return nil
			}
			if hi >= 0 && lo > hi || lo > maxRepeat || hi > maxRepeat {
				return errors.New("Invalid content of \\{\\}")
			}
			p.at += length - 1
		default:
			return nil
		}
		p.at++
		if n.min != 1 || n.max != 1 {
			*n = node{kind: group, alts: [][]node{{*n}}}
		}
		n.min, n.max = lo, hi
	}
	return nil
}

const maxRepeat = 0x7fff

// interval reads "{m}", "{m,}", "{,n}" or "{m,n}"; length 0 means that the brace is an ordinary character.
func interval(text string) (lo, hi, length int) {
	inner, _, ok := strings.Cut(text[1:], "}")
	if !ok {
		return 0, 0, 0
	}
	first, second, comma := strings.Cut(inner, ",")
	lo, err := strconv.Atoi(first)
	if first == "" && comma {
		lo, err = 0, nil
	}
	if err != nil || lo < 0 {
		return 0, 0, 0
	}
	switch {
	case !comma:
		hi = lo
	case second == "":
		hi = -1
	default:
		if hi, err = strconv.Atoi(second); err != nil || hi < 0 {
			return 0, 0, 0
		}
	}
	return lo, hi, len(inner) + 2
}

func (p *parser) bracket() (*set, error) {
	s := &set{}
	i := p.at + 1
	if i < len(p.text) && p.text[i] == '^' {
		s.negate = true
		i++
	}
	for first := true; i < len(p.text); first = false {
		if p.text[i] == ']' && !first {
			p.at = i + 1
			return s, nil
		}
		if strings.HasPrefix(p.text[i:], "[:") {
			name, _, ok := strings.Cut(p.text[i+2:], ":]")
			if !ok {
				break
			}
			if !charclass.Known(name) {
				return nil, errors.New("Invalid character class name")
			}
			s.classes = append(s.classes, name)
			i += len(name) + 4
			continue
		}
		lo, n := bracketChar(p.text[i:])
		i += n
		hi := lo
		if i+1 < len(p.text) && p.text[i] == '-' && p.text[i+1] != ']' {
			hi, n = bracketChar(p.text[i+1:])
			i += 1 + n
			if hi < lo {
				return nil, errors.New("Invalid range end")
			}
		}
		s.ranges = append(s.ranges, [2]rune{lo, hi})
	}
	return nil, errors.New("Unmatched [, [^, [:, [., or [=")
}

// bracketChar reads one character, which may be written "[.x.]" or "[=x=]".
func bracketChar(text string) (rune, int) {
	if len(text) > 4 && text[0] == '[' && (text[1] == '.' || text[1] == '=') {
		if inner, _, ok := strings.Cut(text[2:], text[1:2]+"]"); ok && utf8.RuneCountInString(inner) == 1 {
			r, n := utf8.DecodeRuneInString(inner)
			return r, n + 4
		}
	}
	return utf8.DecodeRuneInString(text)
}
