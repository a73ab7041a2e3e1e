// Package ere matches POSIX extended regular expressions, with the back references and the word escapes
// (\w \s \b \< \>) that GNU adds. The regular expressions of Go's library have
// neither these nor the longest match of each group, and cost start-up time in every program that links them.
package ere

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"s6box/internal/charclass"
)

// Regexp is an expression that has been read.
type Regexp struct {
	top    node
	groups int
	choice bool
	fold   bool
}

// Compile reads an expression. With fold, letters match either case.
func Compile(text string, fold bool) (*Regexp, error) {
	p := &parser{text: text}
	alts, err := p.alternatives(0)
	if err != nil {
		return nil, err
	}
	return &Regexp{node{kind: group, alts: alts, min: 1, max: 1}, p.groups, p.choice, fold}, nil
}

// budget bounds the steps of one match, so that no expression runs for ever. What it finds up to there counts.
const budget = 1 << 22

type matcher struct {
	re    *Regexp
	s     string
	caps  []int // start and end of each group; -1: did not take part
	best  []int
	steps int
}

// Match finds the leftmost match of the expression in s, the longest where there are alternatives. It
// returns the start and end offsets of the match and of each group, -1 for a group that took no part; nil
// when there is no match.
func (re *Regexp) Match(s string) []int {
	m := &matcher{re: re, s: s}
	for at := 0; ; {
		m.caps = make([]int, 2*(re.groups+1))
		for i := range m.caps {
			m.caps[i] = -1
		}
		m.caps[0] = at
		m.node(&re.top, at, m.found)
		if m.best != nil {
			return m.best
		}
		if at == len(s) || m.steps > budget {
			return nil
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		at += n
	}
}

// found keeps a match that is longer than those before; true ends the search.
func (m *matcher) found(at int) bool {
	if m.best == nil || at > m.best[1] {
		m.best = append(m.best[:0], m.caps...)
		m.best[1] = at
	}
	return !m.re.choice || at == len(m.s)
}

// node matches n, as often as it says, from at on, and asks k about each possible end until it says true.
func (m *matcher) node(n *node, at int, k func(int) bool) bool { return m.repeat(n, at, 0, k) }

func (m *matcher) repeat(n *node, at, count int, k func(int) bool) bool {
	if m.steps++; m.steps > budget {
		return true
	}
	if n.max < 0 || count < n.max {
		again := func(next int) bool {
			if next == at && count >= n.min {
				return false // an empty round leads nowhere
			}
			return m.repeat(n, next, count+1, k)
		}
		if m.once(n, at, again) {
			return true
		}
	}
	return count >= n.min && k(at)
}

func (m *matcher) once(n *node, at int, k func(int) bool) bool {
	switch n.kind {
	case begin:
		return at == 0 && k(at)
	case end:
		return at == len(m.s) && k(at)
	case word:
		return m.boundary(n.op, at) && k(at)
	case group:
		return m.group(n, at, k)
	case backref:
		from, to := m.caps[2*n.index], m.caps[2*n.index+1]
		if from < 0 || to < from || len(m.s)-at < to-from || !m.same(m.s[at:at+to-from], m.s[from:to]) {
			return false
		}
		return k(at + to - from)
	}
	if at == len(m.s) {
		return false
	}
	r, size := utf8.DecodeRuneInString(m.s[at:])
	return m.one(n, r) && k(at+size)
}

func (m *matcher) same(a, b string) bool { return a == b || m.re.fold && strings.EqualFold(a, b) }

func (m *matcher) group(n *node, at int, k func(int) bool) bool {
	i := 2 * n.index
	for _, alt := range n.alts {
		if n.index == 0 {
			if m.sequence(alt, at, k) {
				return true
			}
			continue
		}
		from, to := m.caps[i], m.caps[i+1]
		done := m.sequence(alt, at, func(next int) bool {
			f, t := m.caps[i], m.caps[i+1]
			m.caps[i], m.caps[i+1] = at, next
			if k(next) {
				return true
			}
			m.caps[i], m.caps[i+1] = f, t
			return false
		})
		if done {
			return true
		}
		m.caps[i], m.caps[i+1] = from, to
	}
	return false
}

func (m *matcher) sequence(ns []node, at int, k func(int) bool) bool {
	if len(ns) == 0 {
		return k(at)
	}
	return m.node(&ns[0], at, func(next int) bool { return m.sequence(ns[1:], next, k) })
}

func (m *matcher) one(n *node, r rune) bool {
	switch n.kind {
	case any:
		return true
	case bracket:
		in := n.set.has(r)
		if m.re.fold && !in {
			in = n.set.has(unicode.ToLower(r)) || n.set.has(unicode.ToUpper(r))
		}
		return in != n.set.negate
	}
	return n.r == r || m.re.fold && unicode.ToLower(n.r) == unicode.ToLower(r)
}

func (s *set) has(r rune) bool {
	for _, lohi := range s.ranges {
		if lohi[0] <= r && r <= lohi[1] {
			return true
		}
	}
	for _, name := range s.classes {
		if charclass.In(name, r) {
			return true
		}
	}
	return false
}

func (m *matcher) boundary(op byte, at int) bool {
	before := at > 0 && isWord(m.s[at-1])
	after := at < len(m.s) && isWord(m.s[at])
	switch op {
	case '<':
		return !before && after
	case '>':
		return before && !after
	case 'b':
		return before != after
	}
	return before == after
}

func isWord(c byte) bool { return c >= utf8.RuneSelf || charclass.In("word", rune(c)) }
