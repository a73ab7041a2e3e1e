// Package dfa tells whether a text matches a regular expression, at the price of one table look-up for every byte.
// It is for who matches many texts: the automaton is made on the way, as far as the texts lead.
package dfa

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// Matcher is a compiled expression. One goroutine may use it at a time.
type Matcher struct {
	prog     *syntax.Prog
	anchored bool // matches at the beginning only
	states   map[string]*state
	begin    *state

	set, next sparse // for closure and step
}

// state is the instructions that wait for the next byte. What a position between two bytes is, a word's beginning for
// one, is known with the byte behind it: the instructions that depend on that wait as well.
type state struct {
	next  [256]*state // nil: not known yet
	end   verdict     // whether the text may end here
	insts []uint32
	prev  position
}

type verdict uint8

const (
	unknown verdict = iota
	yes
	no
)

// position is what stands on one side of the place between two bytes.
type position uint8

const (
	edge position = iota // of the text
	word
	newline
	other
)

// matched is the state in which the rest of the text does not matter. No other has a verdict from the start.
var matched = &state{end: yes}

// most is how many states are kept, of 2 kilobytes on a 64 bit machine. When there are more they are made anew.
const most = 2000

// Compile reads an expression in the syntax of package regexp. Every byte of the texts is the character of its number.
func Compile(expr string) (*Matcher, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, err
	}
	m := &Matcher{prog: prog, set: newSparse(len(prog.Inst)), next: newSparse(len(prog.Inst))}
	m.anchored = prog.StartCond()&syntax.EmptyBeginText != 0
	m.reset()
	return m, nil
}

func (m *Matcher) reset() {
	m.states = make(map[string]*state)
	m.begin = m.state([]uint32{uint32(m.prog.Start)}, edge)
}

// Match tells whether any part of text matches.
func (m *Matcher) Match(text []byte) bool {
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
func (m *Matcher) step(s *state, c byte) *state {
	pos := positionOf(c)
	if m.closure(s, context(s.prev, pos)) {
		s.next[c] = matched
		return matched
	}
	m.next.clear()
	for _, pc := range m.set.dense {
		inst := &m.prog.Inst[pc]
		if consumes(inst) && inst.MatchRune(rune(c)) {
			m.next.add(inst.Out)
		}
	}
	if !m.anchored {
		m.next.add(uint32(m.prog.Start))
	}
	insts := slices.Clone(m.next.dense)
	slices.Sort(insts)
	if len(m.states) >= most {
		m.reset() // s and what leads to it are garbage from here on
	}
	next := m.state(insts, pos)
	s.next[c] = next
	return next
}

func (m *Matcher) endVerdict(s *state) verdict {
	if m.closure(s, context(s.prev, edge)) {
		return yes
	}
	return no
}

func positionOf(c byte) position {
	switch {
	case c == '\n':
		return newline
	case syntax.IsWordChar(rune(c)):
		return word
	}
	return other
}

// context is what holds between prev and next.
func context(prev, next position) (op syntax.EmptyOp) {
	switch prev {
	case edge:
		op |= syntax.EmptyBeginText | syntax.EmptyBeginLine
	case newline:
		op |= syntax.EmptyBeginLine
	}
	switch next {
	case edge:
		op |= syntax.EmptyEndText | syntax.EmptyEndLine
	case newline:
		op |= syntax.EmptyEndLine
	}
	if (prev == word) != (next == word) {
		return op | syntax.EmptyWordBoundary
	}
	return op | syntax.EmptyNoWordBoundary
}

// closure fills m.set with the instructions that can be reached from s without a byte, and tells whether the match is
// one of them.
func (m *Matcher) closure(s *state, now syntax.EmptyOp) bool {
	m.set.clear()
	for _, pc := range s.insts {
		m.set.add(pc)
	}
	for i := 0; i < len(m.set.dense); i++ {
		inst := &m.prog.Inst[m.set.dense[i]]
		switch inst.Op {
		case syntax.InstMatch:
			return true
		case syntax.InstAlt, syntax.InstAltMatch:
			m.set.add(inst.Out)
			m.set.add(inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			m.set.add(inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^now == 0 {
				m.set.add(inst.Out)
			}
		}
	}
	return false
}

func consumes(inst *syntax.Inst) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// state finds or makes the state of these instructions.
func (m *Matcher) state(insts []uint32, prev position) *state {
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

// sparse is a set of small numbers.
type sparse struct {
	dense []uint32
	at    []uint32 // where in dense a number is, if it is
}

func newSparse(n int) sparse { return sparse{at: make([]uint32, n)} }

func (s *sparse) clear() { s.dense = s.dense[:0] }

func (s *sparse) add(n uint32) {
	if i := s.at[n]; int(i) < len(s.dense) && s.dense[i] == n {
		return
	}
	s.at[n] = uint32(len(s.dense))
	s.dense = append(s.dense, n)
}
