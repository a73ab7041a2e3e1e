package graph

import (
	"cmp"
	"slices"
)

// cluster is a bundle drawn as a box round its services. Boxes contain each other or have nothing in common.
type cluster struct {
	bundle   int // -1: the drawing as a whole
	children []*cluster
	nodes    []int // those in no child
}

// clusters arranges bundles as boxes. Those that can't be, since they share only some services with another one
// or have none, are returned as loose: they are drawn beside the boxes.
func (g *Graph) clusters() (root *cluster, loose []int) {
	out := g.crossing()
	var order []int
	for i, b := range g.Bundles {
		if out[i] || len(b.Members) == 0 {
			loose = append(loose, i)
		} else {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(len(g.Bundles[a].Members), len(g.Bundles[b].Members))
	})
	outermost := make([]*cluster, len(g.Nodes)) // by service
	for _, i := range order {
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
	of := make([][]int, len(g.Nodes)) // the bundles of each service
	common := make(map[[2]int]int)
	for i, b := range g.Bundles {
		for _, n := range b.Members {
			for _, j := range of[n] {
				common[[2]int{j, i}]++
			}
			of[n] = append(of[n], i)
		}
	}
	crosses := make([]map[int]bool, len(g.Bundles))
	for i := range crosses {
		crosses[i] = make(map[int]bool)
	}
	for pair, n := range common {
		i, j := pair[0], pair[1]
		if n < min(len(g.Bundles[i].Members), len(g.Bundles[j].Members)) {
			crosses[i][j], crosses[j][i] = true, true
		}
	}
	return crosses
}

func (c *cluster) take(n int, in *cluster) {
	switch {
	case in == nil:
		c.nodes = append(c.nodes, n)
	case !slices.Contains(c.children, in):
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
