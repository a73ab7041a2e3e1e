// Package graph draws services and what they depend on: as text, and in the languages of Mermaid, Graphviz and
// SVG. It does no input or output.
package graph

import (
	"slices"
	"strings"

	"s6box/rc/db"
)

// State is what a live directory and a supervisor know of a service.
type State string

const (
	Unknown  State = ""          // there is no live directory
	Down     State = "down"      //
	Up       State = "up"        // and it does not report readiness
	Ready    State = "ready"     // up, and it reported so
	NotReady State = "not ready" // up, and it did not report yet
	Starting State = "starting"  // a change is under way, and its process is there already
	Stopping State = "stopping"  // a change is under way, and its process is gone already
	Dead     State = "dead"      // up for s6-rc, but its process is not there
	Stray    State = "stray"     // down for s6-rc, but its process is there
)

// Node is an atomic service.
type Node struct {
	Name      string
	Oneshot   bool
	Essential bool
	State     State
}

// Kind is the type of the service.
func (n *Node) Kind() string {
	if n.Oneshot {
		return "oneshot"
	}
	return "longrun"
}

// title is the name of the service and what is known of it, as "web (longrun, essential, up)".
func (n *Node) title() string {
	title := n.Name + " (" + n.Kind()
	if n.Essential {
		title += ", essential"
	}
	if n.State != Unknown {
		title += ", " + string(n.State)
	}
	return title + ")"
}

// Edge leads from a service to one that it needs. In a pipeline that is also the way of the data.
type Edge struct {
	From, To int
	Pipe     bool
}

// Bundle is a name for several services.
type Bundle struct {
	Name    string
	Members []int // ascending
}

// Graph is what is drawn.
type Graph struct {
	Nodes   []Node
	Edges   []Edge // by From, then by To
	Bundles []Bundle
}

// Options choose what of a database is drawn.
type Options struct {
	Internal bool     // also the services that s6-rc makes for itself
	Reduced  bool     // leave out dependencies that others imply
	Only     []string // what these services and bundles need and are needed by; empty: everything
}

// shown is a name as drawings show it: the languages they are written in know UTF-8 alone.
func shown(name string) string { return strings.ToValidUTF8(name, "\ufffd") }

// New makes the graph of a database. states, which may be nil, holds what is known of each service.
func New(d *db.DB, states []State, opt Options) *Graph {
	g := &Graph{}
	keep := chosen(d, opt)
	at := make([]int, len(d.Services))
	for n := range d.Services {
		s := &d.Services[n]
		if !keep[n] {
			continue
		}
		at[n] = len(g.Nodes)
		node := Node{Name: shown(s.Name), Oneshot: !d.IsLongrun(n), Essential: s.Flags&db.Essential != 0}
		if states != nil {
			node.State = states[n]
		}
		g.Nodes = append(g.Nodes, node)
	}
	for n := range d.Services {
		if !keep[n] {
			continue
		}
		for _, to := range d.Services[n].Deps {
			if keep[to] {
				g.Edges = append(g.Edges, Edge{at[n], at[to], d.Services[n].Consumer == to})
			}
		}
	}
	for _, e := range slices.Backward(d.Names) {
		if d.Atomic(e) {
			continue
		}
		b := Bundle{Name: shown(e.Name)}
		for _, n := range e.Numbers {
			if keep[n] {
				b.Members = append(b.Members, at[n])
			}
		}
		if len(b.Members) > 0 || len(opt.Only) == 0 {
			g.Bundles = append(g.Bundles, b)
		}
	}
	if opt.Reduced {
		g.reduce()
	}
	return g
}

// chosen tells of each service whether it is drawn.
func chosen(d *db.DB, opt Options) []bool {
	keep := make([]bool, len(d.Services))
	if len(opt.Only) == 0 {
		for n := range keep {
			keep[n] = true
		}
	} else {
		needs, needed := make([]bool, len(keep)), make([]bool, len(keep))
		for _, name := range opt.Only {
			numbers, _ := d.Lookup(name)
			for _, n := range numbers {
				needs[n], needed[n] = true, true
			}
		}
		d.Graph().Close(needs)
		d.Graph().Reverse().Close(needed)
		for n := range keep {
			keep[n] = needs[n] || needed[n]
		}
	}
	for n := range keep {
		name := d.Services[n].Name
		if !opt.Internal && (name == db.OneshotRunner || name == db.Fdholder) {
			keep[n] = false
		}
	}
	return keep
}

// out returns the edges that leave each service.
func (g *Graph) out() [][]Edge {
	out := make([][]Edge, len(g.Nodes))
	for _, e := range g.Edges {
		out[e.From] = append(out[e.From], e)
	}
	return out
}

// reduce drops the dependencies that are there by way of another one; pipelines stay.
func (g *Graph) reduce() {
	out, levels := g.out(), g.levels()
	seen := make([]int, len(g.Nodes)) // the last service that each was found to be needed by, indirectly, plus 1
	var todo []int
	reached := func(n, from, lowest int) {
		for _, e := range out[n] {
			if seen[e.To] != from+1 && levels[e.To] >= lowest {
				seen[e.To] = from + 1
				todo = append(todo, e.To)
			}
		}
	}
	for from, edges := range out {
		lowest := len(g.Nodes)
		for _, e := range edges {
			lowest = min(lowest, levels[e.To])
		}
		for _, e := range edges {
			reached(e.To, from, lowest)
			for len(todo) > 0 {
				n := todo[len(todo)-1]
				todo = todo[:len(todo)-1]
				reached(n, from, lowest)
			}
		}
		out[from] = slices.DeleteFunc(slices.Clone(edges), func(e Edge) bool { return !e.Pipe && seen[e.To] == from+1 })
	}
	g.Edges = slices.Concat(out...)
}
