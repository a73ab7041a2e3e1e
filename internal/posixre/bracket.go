package posixre

import (
	"errors"
	"strings"

	"s6box/internal/charclass"
)

// bracket reads a bracket expression from behind its opening bracket.
func (p *parser) bracket() error {
	s := new(set)
	negate := strings.HasPrefix(p.src[p.i:], "^")
	if negate {
		p.i++
	}
	for first := true; ; first = false {
		rest := p.src[p.i:]
		if rest == "" {
			return errors.New("Missing ']'")
		}
		if rest[0] == ']' && !first {
			p.i++
			break
		}
		if err := p.member(s, rest, first); err != nil {
			return err
		}
	}
	if p.fold {
		s.fold()
	}
	if negate {
		s.invert()
	}
	p.emit(&node{kind: oneByte, set: s})
	return nil
}

// member reads a byte, a range or a class.
func (p *parser) member(s *set, rest string, first bool) error {
	if strings.HasPrefix(rest, "[:") {
		name, _, found := strings.Cut(rest[2:], ":]")
		if !found || !charclass.Known(name) {
			return errors.New("Unknown character class name")
		}
		p.i += len(name) + 4
		s.where(func(c byte) bool { return c < 0x80 && charclass.In(name, rune(c)) })
		return p.noRange()
	}
	if strings.HasPrefix(rest, "[.") || strings.HasPrefix(rest, "[=") {
		return p.collating(s, rest)
	}
	if rest[0] == '-' && !first && !strings.HasPrefix(rest[1:], "]") {
		return errors.New("Invalid character range")
	}
	low, high := rest[0], rest[0]
	p.i++
	if len(rest) > 2 && rest[1] == '-' && rest[2] != ']' {
		high = rest[2]
		p.i += 2
		if high < low {
			return errors.New("Invalid character range")
		}
		if err := p.noRange(); err != nil {
			return err
		}
	}
	s.span(low, high)
	return nil
}

// collating reads [.x.] or [=x=]: in the C locale an element is one byte, and equal to itself only.
func (p *parser) collating(s *set, rest string) error {
	if len(rest) < 5 || rest[3] != rest[1] || rest[4] != ']' {
		return errors.New("Unknown collating element")
	}
	p.i += 5
	s.add(rest[2])
	return p.noRange()
}

// noRange refuses a range that would begin with a range or a class.
func (p *parser) noRange() error {
	if rest := p.src[p.i:]; len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
		return errors.New("Invalid character range")
	}
	return nil
}
