package posixre

import (
	"encoding/binary"

	"s6box/internal/charclass"
)

// matcher tells whether a text matches, at the price of one table look-up for every byte. The automaton is made on the
// way, as far as the texts lead.
type matcher struct {
	prog   *prog
	states map[string]*state
	begin  *state

	set, next sparse // for closure and step
}

// state is the instructions that wait for the next byte. What a position between two bytes is, a word's beginning for
// one, is known with the byte behind it: the instructions that depend on that wait as well.
type state struct {
	next  [256]*state // nil: not known yet
	end   verdict     // whether the text may end here
	insts []uint32
	prev  side
}

type verdict uint8

const (
	unknown verdict = iota
	yes
	no
)

// side is what stands on one side of the place between two bytes.
type side uint8

const (
	edge side = iota // of the text
	word
	other
)

// matched is the state in which the rest of the text does not matter. No other has a verdict from the start.
var matched = &state{end: yes}

// mostStates is how many states are kept, of 2 kilobytes on a 64 bit machine. When there are more they are made anew.
const mostStates = 2000

// Matcher returns a Match for many texts, which takes memory to save time. One goroutine may use it at a time.
func (r *Regexp) Matcher() func(text []byte) bool {
	if r.slow != nil {
		return func(text []byte) bool { return r.Match(string(text)) }
	}
	return newMatcher(r.prog).match
}

func newMatcher(p *prog) *matcher {
	m := &matcher{prog: p, set: newSparse(len(p.insts)), next: newSparse(len(p.insts))}
	m.reset()
	return m
}

func (m *matcher) reset() {
	m.states = make(map[string]*state)
	m.begin = m.state([]uint32{m.prog.start}, edge)
}

// match tells whether any part of text matches.
func (m *matcher) match(text []byte) bool {
	s := m.begin
	for _, c := range text {
		next := s.next[c]
		if next == nil {
			next = m.step(s, c)
		}
		if next == matched {
			return true
		}
		s = next
	}
	if s.end == unknown {
		s.end = m.endVerdict(s)
	}
	return s.end == yes
}

// step finds where c leads from s.
func (m *matcher) step(s *state, c byte) *state {
	side := sideOf(c)
	if m.closure(s, holding(s.prev, side)) {
		s.next[c] = matched
		return matched
	}
	m.next.clear()
	for _, pc := range m.set.dense {
		if inst := &m.prog.insts[pc]; inst.op == opBytes && inst.set.has(c) {
			m.next.add(inst.out)
		}
	}
	if !m.prog.anchored {
		m.next.add(m.prog.start)
	}
	if len(m.states) >= mostStates {
		m.reset() // s and what leads to it are garbage from here on
	}
	next := m.state(m.next.sorted(), side)
	s.next[c] = next
	return next
}

func (m *matcher) endVerdict(s *state) verdict {
	if m.closure(s, holding(s.prev, edge)) {
		return yes
	}
	return no
}

func sideOf(c byte) side {
	if c < 0x80 && charclass.In("word", rune(c)) {
		return word
	}
	return other
}

// holding is what holds between two sides.
func holding(before, after side) (a assertion) {
	if before == edge {
		a |= atBegin
	}
	if after == edge {
		a |= atEnd
	}
	switch {
	case before != word && after == word:
		a |= atBoundary | atWord
	case before == word && after != word:
		a |= atBoundary | behindWord
	default:
		a |= notAtBoundary
	}
	return a
}

// closure fills m.set with the instructions that can be reached from s without a byte, and tells whether the match is
// one of them.
func (m *matcher) closure(s *state, now assertion) bool {
	m.set.clear()
	for _, pc := range s.insts {
		m.set.add(pc)
	}
	for i := 0; i < len(m.set.dense); i++ {
		inst := &m.prog.insts[m.set.dense[i]]
		switch inst.op {
		case opMatch:
			return true
		case opFork:
			m.set.add(inst.out)
			m.set.add(inst.arg)
		case opSave:
			m.set.add(inst.out)
		case opAssert:
			if assertion(inst.arg)&now != 0 {
				m.set.add(inst.out)
			}
		}
	}
	return false
}

// state finds or makes the state of these instructions.
func (m *matcher) state(insts []uint32, prev side) *state {
	key := make([]byte, 0, 4*len(insts)+1)
	for _, pc := range insts {
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	key = append(key, byte(prev))
	s := m.states[string(key)]
	if s == nil {
		s = &state{insts: insts, prev: prev}
		m.states[string(key)] = s
	}
	return s
}
