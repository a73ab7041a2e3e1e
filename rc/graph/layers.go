package graph

import (
	"cmp"
	"slices"
)

// Measures of a drawing, in pixels.
const (
	letterWidth = 7.2 // of the monospaced font, at size 12
	nodeHeight  = 36
	nodeMargin  = 14 // left and right of a name
	threadWidth = 10 // of an edge that passes a row
	gap         = 18 // between neighbours in a row
	boxPad      = 12 // between a box and what is in it
	titleHeight = 18
	sweeps      = 8
)

// slot is a place in a row: of a service, or of an edge that passes the row on its way.
type slot struct {
	node         int // -1: an edge passes
	row          int
	x, w         float64 // left side and width
	above, below []*slot // what it is connected to in the neighbouring rows
}

func (s *slot) middle() float64 { return s.x + s.w/2 }

// area is the part of the drawing that belongs to a cluster: a range of columns, of every row.
type area struct {
	*cluster
	depth       int     // of the boxes in it
	left, right float64 // in pixels
	rows        [][]*slot
	parts       []*area
}

// layout is where everything in a drawing is. Services are in rows, each below those that need it, the last row
// being what starts first.
type layout struct {
	root  *area
	rows  int
	nodes []*slot
	paths [][]*slot // by edge, from the service to what it needs
}

// arrange lays a graph out.
func (g *Graph) arrange(root *cluster) *layout {
	l := &layout{nodes: make([]*slot, len(g.Nodes))}
	levels := g.levels()
	for _, level := range levels {
		l.rows = max(l.rows, level+1)
	}
	home := make([]*area, len(g.Nodes))
	l.root = l.area(root, home)
	for n := range g.Nodes {
		l.nodes[n] = home[n].add(n, l.rows-1-levels[n], g.Nodes[n].width())
	}
	for _, e := range g.Edges {
		l.paths = append(l.paths, l.thread(home[e.From], l.nodes[e.From], l.nodes[e.To]))
	}
	l.root.spread(0)
	for i := range sweeps {
		l.sweep(i%2 == 0)
	}
	return l
}

func (n *Node) width() float64 {
	return letterWidth*float64(max(len(n.Name), len(n.State))) + 2*nodeMargin
}

// levels returns how many steps of start-up come before each service.
func (g *Graph) levels() []int {
	out := g.out()
	levels := make([]int, len(g.Nodes))
	done := make([]bool, len(g.Nodes))
	var visit func(n int) int
	visit = func(n int) int {
		if !done[n] {
			done[n] = true
			for _, e := range out[n] {
				levels[n] = max(levels[n], visit(e.To)+1)
			}
		}
		return levels[n]
	}
	for n := range g.Nodes {
		visit(n)
	}
	return levels
}

func (l *layout) area(c *cluster, home []*area) *area {
	a := &area{cluster: c, rows: make([][]*slot, l.rows)}
	for _, child := range c.children {
		part := l.area(child, home)
		a.depth = max(a.depth, part.depth+1)
		a.parts = append(a.parts, part)
	}
	for _, n := range c.nodes {
		home[n] = a
	}
	return a
}

func (a *area) add(node, row int, width float64) *slot {
	s := &slot{node: node, row: row, w: width}
	a.rows[row] = append(a.rows[row], s)
	return s
}

// thread makes the way of an edge through the rows between two services.
func (l *layout) thread(in *area, from, to *slot) []*slot {
	path := []*slot{from}
	for row := from.row + 1; row < to.row; row++ {
		path = append(path, in.add(-1, row, threadWidth))
	}
	path = append(path, to)
	for i, s := range path[1:] {
		path[i].below = append(path[i].below, s)
		s.above = append(s.above, path[i])
	}
	return path
}

// spread gives an area its columns, from left on, and returns where it ends: the boxes in it come first, then
// its own services.
func (a *area) spread(left float64) float64 {
	end := left
	for _, part := range a.parts {
		end = part.spread(end+boxPad) + boxPad + gap
	}
	a.left, a.right = end, end
	for _, row := range a.rows {
		x := end
		for _, s := range row {
			s.x = x
			x += s.w + gap
		}
		a.right = max(a.right, x-gap)
	}
	title := 0.0
	if a.bundle >= 0 {
		title = 60
	}
	if a.right == a.left && len(a.parts) > 0 {
		return max(left+title, end-gap)
	}
	return max(left+title, a.right)
}

// sweep moves what is in each row towards what it is connected to in the row before, as the direction has it.
func (l *layout) sweep(down bool) {
	for i := range l.rows {
		row := i
		if !down {
			row = l.rows - 1 - i
		}
		l.root.align(row, down)
	}
}

func (a *area) align(row int, down bool) {
	for _, part := range a.parts {
		part.align(row, down)
	}
	slots := a.rows[row]
	want := make(map[*slot]float64, len(slots))
	for _, s := range slots {
		near := s.below
		if down {
			near = s.above
		}
		want[s] = s.middle()
		if len(near) > 0 {
			sum := 0.0
			for _, other := range near {
				sum += other.middle()
			}
			want[s] = sum / float64(len(near))
		}
	}
	slices.SortStableFunc(slots, func(x, y *slot) int { return cmp.Compare(want[x], want[y]) })
	free := a.left
	for _, s := range slots {
		s.x = max(free, want[s]-s.w/2)
		free = s.x + s.w + gap
	}
	free = a.right
	for _, s := range slices.Backward(slots) {
		s.x = min(s.x, free-s.w)
		free = s.x - gap
	}
}
