package graph

import "strings"

// Text is the graph for a terminal: the bundles, then every service that nothing needs with what it needs below.
// What was shown before is not unfolded again.
func (g *Graph) Text() string {
	t := &texter{g: g, out: g.out(), shown: make([]bool, len(g.Nodes))}
	t.bundles()
	if len(g.Bundles) > 0 && len(g.Nodes) > 0 {
		t.WriteString("\n")
	}
	needed := make([]bool, len(g.Nodes))
	for _, e := range g.Edges {
		needed[e.To] = true
	}
	for n := range g.Nodes {
		if !needed[n] {
			t.node(n, "")
			t.below(n, "")
		}
	}
	return t.String()
}

// bundles writes what is in each bundle: bundles that lie in it, and services that lie in none of those.
func (t *texter) bundles() {
	boxes := make([]*cluster, len(t.g.Bundles))
	root, _ := t.g.clusters()
	root.index(boxes)
	for i, b := range t.g.Bundles {
		t.WriteString(b.Name + ":")
		members := b.Members
		if c := boxes[i]; c != nil {
			for _, child := range c.children {
				t.WriteString(" " + t.g.Bundles[child.bundle].Name)
			}
			members = c.nodes
		}
		for _, n := range members {
			t.WriteString(" " + t.g.Nodes[n].Name)
		}
		t.WriteString("\n")
	}
}

type texter struct {
	strings.Builder
	g     *Graph
	out   [][]Edge
	shown []bool
}

func (t *texter) node(n int, lead string) {
	node := &t.g.Nodes[n]
	t.WriteString(lead + node.title())
	if t.shown[n] && len(t.out[n]) > 0 {
		t.WriteString(" …")
	}
	t.WriteString("\n")
}

func (t *texter) below(n int, lead string) {
	if t.shown[n] {
		return
	}
	t.shown[n] = true
	for i, e := range t.out[n] {
		branch, next := "├─ ", "│  "
		if i == len(t.out[n])-1 {
			branch, next = "└─ ", "   "
		}
		if e.Pipe {
			branch = branch[:len("├")] + "=> "
		}
		t.node(e.To, lead+branch)
		t.below(e.To, lead+next)
	}
}
