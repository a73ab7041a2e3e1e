package posixre

// prog is an expression as instructions of a machine that is in many places at once.
type prog struct {
	insts    []inst
	start    uint32
	slots    int  // offsets that are told of: two for each group, those of the whole match first
	anchored bool // matches at the beginning only
}

type op uint8

const (
	opMatch  op = iota
	opBytes     // take a byte of set and go to out
	opFork      // go to out, and next best to arg
	opSave      // note the offset in slot arg, and go to out
	opAssert    // go to out where the assertion arg holds
)

type inst struct {
	op       op
	out, arg uint32
	set      *set
}

// most is how many instructions an expression may have.
const most = 1 << 21

type compiler struct {
	insts []inst
	full  bool
}

// compile writes a program; ok is false if it would be too long.
func compile(top *node, groups int) (p *prog, ok bool) {
	var c compiler
	end := c.emit(inst{op: opMatch})
	start := c.node(top, end)
	if c.full {
		return nil, false
	}
	return &prog{c.insts, start, 2 * (groups + 1), c.anchored(start)}, true
}

// anchored tells whether all ways from pc on begin with the beginning of the text, where that is easily seen.
func (c *compiler) anchored(pc uint32) bool {
	for c.insts[pc].op == opSave {
		pc = c.insts[pc].out
	}
	return c.insts[pc].op == opAssert && assertion(c.insts[pc].arg) == atBegin
}

// emit adds an instruction and returns its place.
func (c *compiler) emit(i inst) uint32 {
	if len(c.insts) >= most {
		c.full = true
		return 0
	}
	c.insts = append(c.insts, i)
	return uint32(len(c.insts) - 1)
}

// node writes what matches n and goes to next then, and returns where that starts.
func (c *compiler) node(n *node, next uint32) uint32 {
	switch n.kind {
	case oneByte:
		return c.emit(inst{op: opBytes, out: next, set: n.set})
	case assert:
		return c.emit(inst{op: opAssert, out: next, arg: uint32(n.holds)})
	case group:
		return c.group(n, next)
	}
	return c.repeated(n, next)
}

func (c *compiler) group(n *node, next uint32) uint32 {
	if n.index > 0 {
		next = c.emit(inst{op: opSave, out: next, arg: uint32(2*n.index + 1)})
	}
	start := c.sequence(n.alts[len(n.alts)-1], next)
	for i := len(n.alts) - 2; i >= 0; i-- {
		start = c.emit(inst{op: opFork, out: c.sequence(n.alts[i], next), arg: start})
	}
	if n.index > 0 {
		start = c.emit(inst{op: opSave, out: start, arg: uint32(2 * n.index)})
	}
	return start
}

func (c *compiler) sequence(branch []*node, next uint32) uint32 {
	for i := len(branch) - 1; i >= 0; i-- {
		next = c.node(branch[i], next)
	}
	return next
}

// repeated writes x{2,} as xx+ and x{2,4} as xx(x(x)?)?.
func (c *compiler) repeated(n *node, next uint32) uint32 {
	must := n.min
	if n.max < 0 {
		next = c.loop(n.sub, next, n.min > 0)
		must = max(must-1, 0)
	} else {
		end := next
		for i := n.min; i < n.max && !c.full; i++ {
			next = c.emit(inst{op: opFork, out: c.node(n.sub, next), arg: end})
		}
	}
	for i := 0; i < must && !c.full; i++ {
		next = c.node(n.sub, next)
	}
	return next
}

// loop writes x+, or x*. That of something that can match nothing is (x+)?, so that the first round has its say.
func (c *compiler) loop(sub *node, next uint32, once bool) uint32 {
	again := c.emit(inst{op: opFork, arg: next})
	body := c.node(sub, again)
	c.insts[again].out = body
	switch {
	case once:
		return body
	case sub.nullable():
		return c.emit(inst{op: opFork, out: body, arg: next})
	}
	return again
}
