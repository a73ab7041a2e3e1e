package posixre

// set is a set of bytes.
type set [4]uint64

func (s *set) add(c byte)      { s[c>>6] |= 1 << (c & 63) }
func (s *set) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

// span adds the bytes from low to high, both included.
func (s *set) span(low, high byte) {
	for c := int(low); c <= int(high); c++ {
		s.add(byte(c))
	}
}

// where adds the bytes of which in is true.
func (s *set) where(in func(c byte) bool) {
	for c := range 256 {
		if in(byte(c)) {
			s.add(byte(c))
		}
	}
}

func (s *set) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// fold adds the other case of every letter.
func (s *set) fold() {
	for c := byte('a'); c <= 'z'; c++ {
		if upper := c - 'a' + 'A'; s.has(c) || s.has(upper) {
			s.add(c)
			s.add(upper)
		}
	}
}

// assertion is what may hold between two bytes: one, or a set of them.
type assertion uint8

const (
	atBegin assertion = 1 << iota // of the text
	atEnd
	atBoundary // of a word
	notAtBoundary
	atWord // its beginning
	behindWord
)

type kind uint8

const (
	oneByte  kind = iota // one of set
	assert               // nothing, where something holds
	group                // alternatives; those of index > 0 are told of
	repeated             // sub, from min to max times; max below 0 is any number
)

// node is a part of an expression.
type node struct {
	kind     kind
	set      *set
	holds    assertion
	alts     [][]*node
	index    int
	sub      *node
	min, max int
}

// nullable tells whether a part can match nothing.
func (n *node) nullable() bool {
	switch n.kind {
	case oneByte:
		return false
	case repeated:
		return n.min == 0 || n.sub.nullable()
	case group:
		for _, branch := range n.alts {
			if nullable(branch) {
				return true
			}
		}
		return false
	}
	return true
}

func nullable(branch []*node) bool {
	for _, n := range branch {
		if !n.nullable() {
			return false
		}
	}
	return true
}
