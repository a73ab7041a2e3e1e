package graph

import (
	"fmt"
	"strings"
)

// Dot is the graph in the language of Graphviz.
func (g *Graph) Dot() string {
	d := &dot{g: g}
	d.WriteString("digraph services {\n  node [fontname=\"sans-serif\", style=filled, fillcolor=\"#ffffff\"]\n")
	root, loose := g.clusters()
	d.cluster(root, "  ")
	for _, i := range loose {
		b := &g.Bundles[i]
		id := dotText("bundle " + b.Name)
		fmt.Fprintf(d, "  %s [label=%s, shape=folder]\n", id, dotText(b.Name))
		for _, n := range b.Members {
			fmt.Fprintf(d, "  %s -> %s [style=dashed, arrowhead=none]\n", id, dotText(g.Nodes[n].Name))
		}
	}
	for _, e := range g.Edges {
		pipe := ""
		if e.Pipe {
			pipe = " [penwidth=3]"
		}
		fmt.Fprintf(d, "  %s -> %s%s\n", dotText(g.Nodes[e.From].Name), dotText(g.Nodes[e.To].Name), pipe)
	}
	d.WriteString("}\n")
	return d.String()
}

type dot struct {
	strings.Builder
	g *Graph
}

func (d *dot) cluster(c *cluster, lead string) {
	for _, child := range c.children {
		name := d.g.Bundles[child.bundle].Name
		fmt.Fprintf(d, "%ssubgraph %s {\n%s  label=%s\n", lead, dotText("cluster "+name), lead, dotText(name))
		d.cluster(child, lead+"  ")
		d.WriteString(lead + "}\n")
	}
	for _, n := range c.nodes {
		node := &d.g.Nodes[n]
		attributes := "shape=box"
		if node.Oneshot {
			attributes = "shape=ellipse"
		}
		if node.Essential {
			attributes += ", peripheries=2"
		}
		if node.State != Unknown {
			attributes += fmt.Sprintf(", label=%s, fillcolor=\"%s\"", dotText(node.Name+"\n"+string(node.State)), fill(node.State))
		}
		fmt.Fprintf(d, "%s%s [%s]\n", lead, dotText(node.Name), attributes)
	}
}

func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
