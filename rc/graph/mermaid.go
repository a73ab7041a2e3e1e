package graph

import (
	"fmt"
	"strings"
)

// Mermaid is the graph as a flowchart of https://mermaid.js.org.
func (g *Graph) Mermaid() string {
	m := &mermaid{g: g, ids: make(map[string]bool)}
	m.names = make([]string, len(g.Nodes))
	for n := range g.Nodes {
		m.names[n] = m.id(g.Nodes[n].Name)
	}
	m.WriteString("flowchart TD\n")
	root, loose := g.clusters()
	m.cluster(root, "  ")
	for _, i := range loose {
		b := &g.Bundles[i]
		id := m.id("bundle_" + b.Name)
		fmt.Fprintf(m, "  %s{{\"%s\"}}\n", id, mermaidText(b.Name))
		for _, n := range b.Members {
			fmt.Fprintf(m, "  %s -.- %s\n", id, m.names[n])
		}
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Pipe {
			arrow = "==>"
		}
		fmt.Fprintf(m, "  %s %s %s\n", m.names[e.From], arrow, m.names[e.To])
	}
	m.classes()
	return m.String()
}

type mermaid struct {
	strings.Builder
	g     *Graph
	names []string
	ids   map[string]bool
}

func (m *mermaid) cluster(c *cluster, lead string) {
	for _, child := range c.children {
		name := m.g.Bundles[child.bundle].Name
		fmt.Fprintf(m, "%ssubgraph %s[\"%s\"]\n", lead, m.id("bundle_"+name), mermaidText(name))
		m.cluster(child, lead+"  ")
		m.WriteString(lead + "end\n")
	}
	for _, n := range c.nodes {
		node := &m.g.Nodes[n]
		open, shut := `["`, `"]`
		if node.Oneshot {
			open, shut = `(["`, `"])`
		}
		label := mermaidText(node.Name)
		if node.State != Unknown {
			label += "<br/>" + string(node.State)
		}
		m.WriteString(lead + m.names[n] + open + label + shut + "\n")
	}
}

func (m *mermaid) classes() {
	var essential []string
	states := make(map[State][]string)
	for n := range m.g.Nodes {
		node := &m.g.Nodes[n]
		if node.Essential {
			essential = append(essential, m.names[n])
		}
		states[node.State] = append(states[node.State], m.names[n])
	}
	for _, s := range []State{Down, Up, Ready, NotReady, Starting, Stopping, Dead, Stray} {
		if len(states[s]) > 0 {
			class := strings.ReplaceAll(string(s), " ", "")
			fmt.Fprintf(m, "  classDef %s fill:%s,color:#000\n  class %s %s\n", class, fill(s), strings.Join(states[s], ","), class)
		}
	}
	if len(essential) > 0 {
		fmt.Fprintf(m, "  classDef essential stroke-width:4px\n  class %s essential\n", strings.Join(essential, ","))
	}
}

// fill is the colour of a state.
func fill(s State) string {
	switch s {
	case Down:
		return "#dddddd"
	case Up:
		return "#d3f0d3"
	case Ready:
		return "#a5dfa5"
	case NotReady, Starting, Stopping:
		return "#ffe9a8"
	case Dead:
		return "#f5b0b0"
	case Stray:
		return "#f3c9f3"
	}
	return "#ffffff"
}

// mermaidWords may not begin an identifier.
var mermaidWords = []string{"graph", "flowchart", "subgraph", "end", "style", "linkstyle", "class", "click", "href", "call",
	"default", "direction", "interpolate", "acc"}

// id is a name as an identifier that no other one has.
func (m *mermaid) id(name string) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		case r == '-':
			return r
		}
		return '_'
	}, name)
	id = strings.ReplaceAll(strings.Trim(id, "-"), "--", "__")
	for _, word := range mermaidWords {
		if id == "" || strings.HasPrefix(strings.ToLower(id), word) {
			id = "s_" + id
			break
		}
	}
	unique := id
	for k := 2; m.ids[unique]; k++ {
		unique = fmt.Sprintf("%s_%d", id, k)
	}
	m.ids[unique] = true
	return unique
}

func mermaidText(s string) string {
	return strings.NewReplacer("&", "#amp;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "\n", " ").Replace(s)
}
