package pattern

import (
	"unicode"

	"s6box/internal/charclass"
)

type matcher struct {
	mode   Mode
	dotted int // how long the string is, where it has a dot in front that only a dot matches; else -1
}

// hidden tells whether the dot in front of s is none for n.
func (m matcher) hidden(n *node, s string) bool {
	return len(s) == m.dotted && n.kind != literal && (n.kind != group || n.op == '!')
}

// one tells whether the single-character node n matches c.
func (m matcher) one(n *node, c rune) bool {
	switch n.kind {
	case literal:
		return n.char == c || m.mode&NoCase != 0 && fold(n.char) == fold(c)
	case anyChar:
		return true
	default:
		return n.set.has(c, m.mode)
	}
}

func fold(c rune) rune {
	if c < 0x80 {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}
	return unicode.ToLower(c)
}

func (s *set) has(c rune, mode Mode) bool {
	if s.in(c) || mode&NoCase != 0 && (s.in(fold(c)) || s.in(unicode.ToUpper(c))) {
		return !s.negate
	}
	return s.negate
}

func (s *set) in(c rune) bool {
	for _, r := range s.ranges {
		if r[0] <= c && c <= r[1] {
			return true
		}
	}
	for _, name := range s.classes {
		if charclass.In(name, c) {
			return true
		}
	}
	return false
}

// simple matches a pattern without groups. Once a later star is reached, what an earlier one took need not
// change.
func (m matcher) simple(ns nodes, s string) bool {
	i := 0
	retry, from := -1, ""
	for {
		switch {
		case i == 0 && len(ns) > 0 && m.hidden(&ns[0], s):
			return false
		case i < len(ns) && ns[i].kind == star:
			retry, from = i, s
			i++
			continue
		case i < len(ns) && s != "":
			if c, n := next(s, m.mode); m.one(&ns[i], c) {
				i, s = i+1, s[n:]
				continue
			}
		case i == len(ns) && s == "":
			return true
		}
		if retry < 0 || from == "" {
			return false
		}
		_, n := next(from, m.mode)
		from = from[n:]
		i, s = retry+1, from
	}
}

// begins tells whether a string that ns matches may begin with c. It does not look into everything.
func (m matcher) begins(ns nodes, c rune) bool {
	if len(ns) == 0 {
		return true
	}
	n := &ns[0]
	switch {
	case n.kind == star || n.kind == group && n.op == '!':
		return true
	case n.kind != group:
		return m.one(n, c)
	case n.op == '?' || n.op == '*':
		if m.begins(ns[1:], c) {
			return true
		}
	}
	for _, alt := range n.alts {
		if m.begins(alt, c) {
			return true
		}
	}
	return false
}

// run matches ns at the start of s and asks k about each possible rest, until it says true.
func (m matcher) run(ns nodes, s string, k func(rest string) bool) bool {
	if len(ns) == 0 {
		return k(s)
	}
	n := &ns[0]
	if m.hidden(n, s) {
		return false
	}
	switch n.kind {
	case star:
		for {
			if m.run(ns[1:], s, k) {
				return true
			}
			if s == "" {
				return false
			}
			_, size := next(s, m.mode)
			s = s[size:]
		}
	case group:
		return m.group(n, s, func(rest string) bool { return m.run(ns[1:], rest, k) })
	default:
		if s == "" {
			return false
		}
		c, size := next(s, m.mode)
		return m.one(n, c) && m.run(ns[1:], s[size:], k)
	}
}

func (m matcher) group(n *node, s string, k func(string) bool) bool {
	switch n.op {
	case '@':
		return m.any(n, s, k)
	case '?':
		return m.any(n, s, k) || k(s)
	case '*':
		return m.repeat(n, s, k) || k(s)
	case '+':
		return m.repeat(n, s, k)
	default:
		return m.except(n, s, k)
	}
}

func (m matcher) any(n *node, s string, k func(string) bool) bool {
	for _, alt := range n.alts {
		if m.run(alt, s, k) {
			return true
		}
	}
	return false
}

func (m matcher) repeat(n *node, s string, k func(string) bool) bool {
	return m.any(n, s, func(rest string) bool {
		if len(rest) < len(s) && m.repeat(n, rest, k) {
			return true
		}
		return k(rest)
	})
}

// except tries, longest first, every prefix that no alternative matches.
func (m matcher) except(n *node, s string, k func(string) bool) bool {
	at := boundaries(s, m.mode)
	for i := len(at) - 1; i >= 0; i-- {
		head := s[:at[i]]
		if !m.any(n, head, func(rest string) bool { return rest == "" }) && k(s[at[i]:]) {
			return true
		}
	}
	return false
}
