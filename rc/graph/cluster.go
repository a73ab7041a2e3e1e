package graph

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
)

// cluster is a bundle drawn as a box round its services. Boxes contain each other or have nothing in common.
type cluster struct {
	bundle   int // -1: the drawing as a whole
	parent   *cluster
	children []*cluster
	nodes    []int // those in no child
}

// clusters arranges bundles as boxes. Those that can't be, since they share only some services with another one
// or have none, are returned as loose: they are drawn beside the boxes.
func (g *Graph) clusters() (root *cluster, loose []int) {
	out := g.crossing()
	for i, b := range g.Bundles {
		if out[i] || len(b.Members) == 0 {
			loose = append(loose, i)
		}
	}
	outermost := make([]*cluster, len(g.Nodes)) // by service
	for _, i := range g.bySize() {
		if out[i] {
			continue
		}
		c := &cluster{bundle: i}
		for _, n := range g.Bundles[i].Members {
			c.take(n, outermost[n])
		}
		for _, n := range g.Bundles[i].Members {
			outermost[n] = c
		}
	}
	root = &cluster{bundle: -1}
	for n := range g.Nodes {
		root.take(n, outermost[n])
	}
	return root, loose
}

// crossing finds the bundles to be left out so that no two of the others have only some services in common:
// again and again the one that crosses most of them.
func (g *Graph) crossing() (out []bool) {
	out = make([]bool, len(g.Bundles))
	crosses := g.crosses()
	for {
		worst := -1
		for i := range crosses {
			if len(crosses[i]) > 0 && (worst < 0 || len(crosses[i]) > len(crosses[worst]) ||
				len(crosses[i]) == len(crosses[worst]) && len(g.Bundles[i].Members) > len(g.Bundles[worst].Members)) {
				worst = i
			}
		}
		if worst < 0 {
			return out
		}
		out[worst] = true
		for i := range crosses[worst] {
			delete(crosses[i], worst)
		}
		crosses[worst] = nil
	}
}

// crosses returns, for each bundle, those that share some services with it of which neither holds the other.
func (g *Graph) crosses() []map[int]bool {
	crosses := make([]map[int]bool, len(g.Bundles))
	for i := range crosses {
		crosses[i] = make(map[int]bool)
	}
	odd := g.odd()
	if len(odd) == 0 {
		return crosses
	}
	sets := make([]set, len(g.Bundles))
	for i, b := range g.Bundles {
		sets[i] = newSet(len(g.Nodes), b.Members)
	}
	for _, i := range odd {
		for j := range sets {
			if n := sets[i].common(sets[j]); n > 0 && n < min(len(g.Bundles[i].Members), len(g.Bundles[j].Members)) {
				crosses[i][j], crosses[j][i] = true, true
			}
		}
	}
	return crosses
}

// set is a set of services, a bit for each.
type set []uint64

func newSet(size int, members []int) set {
	s := make(set, (size+63)/64)
	for _, n := range members {
		s[n/64] |= 1 << (n % 64)
	}
	return s
}

// common counts what is in both sets.
func (s set) common(other set) (count int) {
	for i, word := range s {
		count += bits.OnesCount64(word & other[i])
	}
	return count
}

// odd returns bundles of which one is in every pair that crosses: taken by their size, all others hold each other or have nothing
// in common.
func (g *Graph) odd() (odd []int) {
	within := make([]int, len(g.Nodes)) // the largest bundle so far that holds each service, plus 1
	for _, i := range g.bySize() {
		members := g.Bundles[i].Members
		inside := make(map[int]int) // of those bundles, how many services are in this one
		for _, n := range members {
			inside[within[n]]++
		}
		delete(inside, 0)
		maps.DeleteFunc(inside, func(j, n int) bool { return n == len(g.Bundles[j-1].Members) })
		if len(inside) > 0 {
			odd = append(odd, i)
			continue
		}
		for _, n := range members {
			within[n] = i + 1
		}
	}
	return odd
}

// bySize returns the bundles with services in them, small ones first.
func (g *Graph) bySize() (order []int) {
	for i, b := range g.Bundles {
		if len(b.Members) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(len(g.Bundles[a].Members), len(g.Bundles[b].Members))
	})
	return order
}

func (c *cluster) take(n int, in *cluster) {
	switch {
	case in == nil:
		c.nodes = append(c.nodes, n)
	case in.parent != c:
		in.parent = c
		c.children = append(c.children, in)
	}
}

// index notes the boxes inside by their bundle.
func (c *cluster) index(boxes []*cluster) {
	for _, child := range c.children {
		boxes[child.bundle] = child
		child.index(boxes)
	}
}
