package graph

import (
	"fmt"
	"math"
	"strings"
)

// SVG is the graph as a drawing: bundles are boxes, oneshots have round ends, essential services a thick line,
// and pipelines are thick arrows. Bundles that can't be boxes are listed below it.
func (g *Graph) SVG() string {
	root, loose := g.clusters()
	s := &svg{g: g, l: g.arrange(root), right: 200}
	s.top = 10 + s.above(s.l.root.depth)
	s.step = nodeHeight + 26 + s.above(s.l.root.depth) + boxPad*float64(s.l.root.depth)
	s.bottom = s.top
	for _, a := range s.l.root.parts {
		s.box(a)
	}
	for i, e := range g.Edges {
		s.edge(s.l.paths[i], e.Pipe)
	}
	for _, slot := range s.l.nodes {
		s.node(slot)
	}
	s.bottom += boxPad*float64(s.l.root.depth) + 20
	for _, i := range loose {
		s.list(&g.Bundles[i])
	}
	return fmt.Sprintf(svgHead, math.Ceil(s.right+20), math.Ceil(s.bottom+10)) + s.String() + "</svg>\n"
}

const svgHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-20 0 %[1]g %[2]g" width="%[1]g" height="%[2]g" font-family="monospace" font-size="12">
<defs><marker id="to" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="#555"/></marker></defs>
<rect x="-20" width="100%%" height="100%%" fill="#fff"/>
`

type svg struct {
	strings.Builder
	g             *Graph
	l             *layout
	top, step     float64
	right, bottom float64
}

// above is the room that titles of boxes need over a row, for boxes in so many others.
func (s *svg) above(depth int) float64 { return float64(depth) * titleHeight }

func (s *svg) y(row int) float64 { return s.top + s.step*float64(row) }

// box draws the box of a bundle and those in it.
func (s *svg) box(a *area) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, n := range s.g.Bundles[a.bundle].Members {
		slot := s.l.nodes[n]
		x0, x1 = min(x0, slot.x), max(x1, slot.x+slot.w)
		y0, y1 = min(y0, s.y(slot.row)), max(y1, s.y(slot.row)+nodeHeight)
	}
	name := s.g.Bundles[a.bundle].Name
	pad := boxPad * float64(a.depth+1)
	x0, y0, x1, y1 = x0-pad, y0-s.above(a.depth+1), x1+pad, y1+pad
	x1 = max(x1, x0+letterWidth*float64(len(name))+2*6)
	s.extend(x1, y1)
	fmt.Fprintf(s, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="6" fill="#4a7ab5" fill-opacity=".08" stroke="#4a7ab5"/>`+"\n", x0, y0, x1-x0, y1-y0)
	fmt.Fprintf(s, `<text x="%.1f" y="%.1f" fill="#2d5486">%s</text>`+"\n", x0+6, y0+13, xmlText(name))
	for _, part := range a.parts {
		s.box(part)
	}
}

func (s *svg) extend(x, y float64) { s.right, s.bottom = max(s.right, x+20), max(s.bottom, y) }

func (s *svg) edge(path []*slot, pipe bool) {
	first := path[0]
	x, y := first.middle(), s.y(first.row)+nodeHeight
	fmt.Fprintf(s, `<path d="M%.1f %.1f`, x, y)
	for _, slot := range path[1:] {
		toX, toY := slot.middle(), s.y(slot.row)
		middle := (y + toY) / 2
		fmt.Fprintf(s, `C%.1f %.1f %.1f %.1f %.1f %.1f`, x, middle, toX, middle, toX, toY)
		x, y = toX, toY
		if slot.node < 0 {
			y += nodeHeight
			fmt.Fprintf(s, `V%.1f`, y)
		}
	}
	width := "1.2"
	if pipe {
		width = "4"
	}
	fmt.Fprintf(s, `" fill="none" stroke="#555" stroke-width="%s" marker-end="url(#to)"/>`+"\n", width)
}

func (s *svg) node(slot *slot) {
	node := &s.g.Nodes[slot.node]
	y, round, line := s.y(slot.row), 3, "1"
	if node.Oneshot {
		round = nodeHeight / 2
	}
	if node.Essential {
		line = "3"
	}
	s.extend(slot.x+slot.w, y+nodeHeight)
	fmt.Fprintf(s, `<g><title>%s</title><rect x="%.1f" y="%.1f" width="%.1f" height="%d" rx="%d" fill="%s" stroke="#222" stroke-width="%s"/>`,
		xmlText(node.title()), slot.x, y, slot.w, nodeHeight, round, fill(node.State), line)
	below := 0.0
	if node.State != Unknown {
		below = 7
		fmt.Fprintf(s, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="#444">%s</text>`, slot.middle(), y+nodeHeight-7, node.State)
	}
	fmt.Fprintf(s, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text></g>`+"\n", slot.middle(), y+nodeHeight/2+4-below, xmlText(node.Name))
}

// list writes a bundle as a line of text.
func (s *svg) list(b *Bundle) {
	line := b.Name + ":"
	for _, n := range b.Members {
		line += " " + s.g.Nodes[n].Name
	}
	s.bottom += titleHeight
	s.extend(letterWidth*float64(len(line)), s.bottom)
	fmt.Fprintf(s, `<text x="0" y="%.1f" fill="#2d5486">%s</text>`+"\n", s.bottom, xmlText(line))
}

func xmlText(s string) string {
	s = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return '?'
		}
		return r
	}, s)
}
