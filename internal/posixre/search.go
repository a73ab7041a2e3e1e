package posixre

import "slices"

// search is one search for an expression in a text.
type search struct {
	prog  *prog
	text  string
	slots int // 0: whether it matches is all
	now   threads
	next  threads
	best  []int // what is noted in the longest match so far
	notes []int // what is noted on the way to the place that is looked at
	found bool
}

// threads are the places where a program is, the better ones first, with what each has noted.
type threads struct {
	sparse
	leaves []uint32 // those that wait for a byte, or have matched
	notes  []int
}

func newThreads(n int) threads { return threads{sparse: newSparse(n)} }

func (t *threads) clear() {
	t.sparse.clear()
	t.leaves, t.notes = t.leaves[:0], t.notes[:0]
}

func newSearch(p *prog, slots int) *search {
	return &search{prog: p, slots: slots, now: newThreads(len(p.insts)), next: newThreads(len(p.insts)), notes: make([]int, slots)}
}

// run tells whether any part of text matches; best is the leftmost longest then.
func (s *search) run(text string) bool {
	s.text = text
	for at := 0; ; at++ {
		if !s.found && (at == 0 || !s.prog.anchored) {
			for i := range s.notes {
				s.notes[i] = -1
			}
			if s.slots > 0 {
				s.notes[0] = at
			}
			s.add(&s.now, s.prog.start, at)
		}
		s.step(at)
		if at == len(text) || s.found && s.slots == 0 || len(s.next.leaves) == 0 && (s.found || s.prog.anchored) {
			return s.found
		}
		s.now, s.next = s.next, s.now
	}
}

// step takes the byte at an offset: from now to next.
func (s *search) step(at int) {
	s.next.clear()
	for i, pc := range s.now.leaves {
		notes := s.now.notes[i*s.slots : (i+1)*s.slots]
		if s.found && s.slots > 0 && s.best[0] < notes[0] {
			continue
		}
		inst := &s.prog.insts[pc]
		if inst.op == opMatch {
			s.matched(notes, at)
		} else if at < len(s.text) && inst.set.has(s.text[at]) {
			copy(s.notes, notes)
			s.add(&s.next, inst.out, at+1)
		}
	}
}

func (s *search) matched(notes []int, at int) {
	if s.slots > 0 && (!s.found || s.best[1] < at) {
		s.best = append(s.best[:0], notes...)
		s.best[1] = at
	}
	s.found = true
}

// add goes to a place, and on from there as far as that takes no byte.
func (s *search) add(t *threads, pc uint32, at int) {
	for !t.has(pc) {
		t.add(pc)
		inst := &s.prog.insts[pc]
		switch inst.op {
		case opFork:
			s.add(t, inst.out, at)
			pc = inst.arg
			continue
		case opSave:
			if int(inst.arg) < s.slots {
				old := s.notes[inst.arg]
				s.notes[inst.arg] = at
				s.add(t, inst.out, at)
				s.notes[inst.arg] = old
				return
			}
		case opAssert:
			if assertion(inst.arg)&s.holding(at) == 0 {
				return
			}
		default:
			t.leaves = append(t.leaves, pc)
			t.notes = append(t.notes, s.notes...)
			return
		}
		pc = inst.out
	}
}

// holding is what holds at an offset.
func (s *search) holding(at int) assertion {
	before, after := edge, edge
	if at > 0 {
		before = sideOf(s.text[at-1])
	}
	if at < len(s.text) {
		after = sideOf(s.text[at])
	}
	return holding(before, after)
}

// sparse is a set of small numbers.
type sparse struct {
	dense []uint32
	at    []uint32 // where in dense a number is, if it is
}

func newSparse(n int) sparse { return sparse{at: make([]uint32, n)} }

func (s *sparse) clear() { s.dense = s.dense[:0] }

func (s *sparse) has(n uint32) bool {
	i := s.at[n]
	return int(i) < len(s.dense) && s.dense[i] == n
}

func (s *sparse) add(n uint32) {
	if !s.has(n) {
		s.at[n] = uint32(len(s.dense))
		s.dense = append(s.dense, n)
	}
}

// sorted is what is in the set, in order.
func (s *sparse) sorted() []uint32 {
	all := slices.Clone(s.dense)
	slices.Sort(all)
	return all
}
