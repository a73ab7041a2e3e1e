// Package pattern matches strings against shell patterns: *, ?, [...] and the extended groups ?(…) *(…)
// +(…) @(…) !(…). A backslash in a pattern takes the next character literally.
package pattern

import (
	"strings"
	"unicode/utf8"
)

// Mode changes how a pattern is read and matched.
type Mode uint8

const (
	ExtGlob Mode = 1 << iota // read extended groups
	NoCase                   // letters match either case
	Bytes                    // a character is a byte rather than a UTF-8 sequence
	Period                   // a dot at the start takes a dot in the pattern, as in names of files
)

type kind uint8

const (
	literal kind = iota
	anyChar
	star
	bracket
	group
)

type node struct {
	kind kind
	char rune    // literal
	set  *set    // bracket
	op   byte    // group: one of ?*+@!
	alts []nodes // group
}

type nodes []node

// Pattern is a pattern that has been read.
type Pattern struct {
	nodes  nodes
	mode   Mode
	groups bool
	plain  string // the only string that matches, when fixed
	fixed  bool
}

// Compile reads a pattern. Every string is a pattern: what is not well formed stands for itself.
func Compile(text string, mode Mode) *Pattern {
	p := &Pattern{mode: mode}
	c := compiler{text: text, mode: mode}
	p.nodes = c.sequence("")
	p.groups = c.groups
	p.plain, p.fixed = p.literalText()
	return p
}

// Match tells whether text, as a pattern, matches all of s.
func Match(text, s string, mode Mode) bool { return Compile(text, mode).Match(s) }

func (p *Pattern) literalText() (string, bool) {
	if p.mode&NoCase != 0 {
		return "", false
	}
	var b strings.Builder
	for _, n := range p.nodes {
		if n.kind != literal {
			return "", false
		}
		p.writeChar(&b, n.char)
	}
	return b.String(), p.mode&Bytes != 0 || utf8.ValidString(b.String()) // else a part of it might pass for a part of a character
}

func (p *Pattern) writeChar(b *strings.Builder, c rune) {
	if p.mode&Bytes != 0 {
		b.WriteByte(byte(c))
		return
	}
	writeRune(b, c)
}

// Match tells whether p matches all of s.
func (p *Pattern) Match(s string) bool {
	if p.fixed {
		return s == p.plain
	}
	m := matcher{mode: p.mode, dotted: -1}
	if p.mode&Period != 0 && strings.HasPrefix(s, ".") {
		m.dotted = len(s)
	}
	if !p.groups {
		return m.simple(p.nodes, s)
	}
	return m.run(p.nodes, s, func(rest string) bool { return rest == "" })
}

// Prefix returns the length of the longest or shortest prefix of s that p matches, or -1.
func (p *Pattern) Prefix(s string, longest bool) int {
	if p.fixed {
		if strings.HasPrefix(s, p.plain) {
			return len(p.plain)
		}
		return -1
	}
	if !p.groups {
		return p.scan(s, longest, false)
	}
	return p.pick(boundaries(s, p.mode), longest, func(end int) bool { return p.Match(s[:end]) })
}

// Suffix returns where the longest or shortest suffix of s that p matches begins, or -1.
func (p *Pattern) Suffix(s string, longest bool) int {
	if p.fixed {
		if strings.HasSuffix(s, p.plain) {
			return len(s) - len(p.plain)
		}
		return -1
	}
	if !p.groups {
		if n := p.scan(s, longest, true); n >= 0 {
			return len(s) - n
		}
		return -1
	}
	return p.pick(boundaries(s, p.mode), !longest, func(at int) bool { return p.Match(s[at:]) })
}

// Find returns the leftmost, longest, non-empty part of s from offset from on that p matches; start is -1
// when there is none.
func (p *Pattern) Find(s string, from int) (start, end int) {
	if p.fixed {
		at := strings.Index(s[from:], p.plain)
		if at < 0 || p.plain == "" {
			return -1, -1
		}
		return from + at, from + at + len(p.plain)
	}
	m := matcher{mode: p.mode, dotted: -1}
	for at := from; at < len(s); {
		c, size := next(s[at:], p.mode)
		if m.begins(p.nodes, c) {
			if n := p.Prefix(s[at:], true); n > 0 {
				return at, at + n
			}
			if len(p.nodes) > 0 && p.nodes[0].kind == star {
				break // which would have taken what is in front of a later match
			}
		}
		at += size
	}
	return -1, -1
}

func (p *Pattern) pick(at []int, last bool, ok func(int) bool) int {
	for i := range at {
		j := i
		if last {
			j = len(at) - 1 - i
		}
		if ok(at[j]) {
			return at[j]
		}
	}
	return -1
}

// boundaries returns the offsets at which characters of s begin, and its length.
func boundaries(s string, mode Mode) []int {
	at := make([]int, 0, len(s)+1)
	for i := 0; i < len(s); {
		at = append(at, i)
		_, n := next(s[i:], mode)
		i += n
	}
	return append(at, len(s))
}

// next returns the first character of s and its length. A byte that is not UTF-8 is a character outside
// Unicode that only matches itself.
func next(s string, mode Mode) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	if mode&Bytes != 0 {
		return rune(s[0]), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return badByte + rune(s[0]), 1
	}
	return r, n
}

const badByte = utf8.MaxRune + 1

func writeRune(b *strings.Builder, c rune) {
	if c >= badByte {
		b.WriteByte(byte(c - badByte))
		return
	}
	b.WriteRune(c)
}

// Quote escapes every character of s that a pattern gives a meaning to.
func Quote(s string) string {
	if !strings.ContainsAny(s, special) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(special, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

const special = `*?[]\()|!+@-^`

// HasMeta tells whether text is more than a fixed string: an unescaped *, ?, [ that is closed, or with
// ExtGlob a group.
func HasMeta(text string, mode Mode) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			i++
		case '*', '?':
			return true
		case '[':
			if strings.IndexByte(text[i:], ']') > 0 {
				return true
			}
		case '+', '@', '!':
			if mode&ExtGlob != 0 && i+1 < len(text) && text[i+1] == '(' {
				return true
			}
		}
	}
	return false
}

// Unescape removes the backslashes that quote characters of a pattern.
func Unescape(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
