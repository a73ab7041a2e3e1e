package pattern

import "unicode/utf8"

// scan returns the length of the longest or shortest part at the start of s, or at its end, that a pattern without groups
// matches; -1: there is none. It takes all ways through the pattern at once, so that its time grows with s and not with its square.
func (p *Pattern) scan(s string, longest, fromEnd bool) int {
	m := matcher{mode: p.mode, dotted: -1}
	size := len(p.nodes)
	at := func(i int) *node {
		if fromEnd {
			i = size - 1 - i
		}
		return &p.nodes[i]
	}
	now, then := make([]bool, size+1), make([]bool, size+1) // before which nodes a way stands
	enter := func(set []bool, i int) {
		for ; ; i++ {
			set[i] = true
			if i == size || at(i).kind != star {
				return
			}
		}
	}
	enter(now, 0)
	best, taken := -1, 0
	for {
		if now[size] {
			if best = taken; !longest {
				return best
			}
			if size > 0 && at(size-1).kind == star {
				return len(s)
			}
		}
		if taken == len(s) {
			return best
		}
		c, n := p.char(s, taken, fromEnd)
		alive := false
		clear(then)
		for i := range size {
			switch {
			case !now[i]:
				continue
			case at(i).kind == star:
				enter(then, i)
			case m.one(at(i), c):
				enter(then, i+1)
			default:
				continue
			}
			alive = true
		}
		if !alive {
			return best
		}
		now, then = then, now
		taken += n
	}
}

// char is the character of s behind, or in front of, taken bytes.
func (p *Pattern) char(s string, taken int, fromEnd bool) (rune, int) {
	if !fromEnd {
		return next(s[taken:], p.mode)
	}
	s = s[:len(s)-taken]
	if p.mode&Bytes == 0 {
		_, n := utf8.DecodeLastRuneInString(s)
		return next(s[len(s)-n:], p.mode)
	}
	return next(s[len(s)-1:], p.mode)
}
