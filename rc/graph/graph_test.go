package graph

import (
	"encoding/xml"
	"io"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"s6box/rc/db"
)

// example is a pipeline of two longruns over two oneshots, in bundles.
func example() *db.DB {
	return &db.DB{
		Longruns: 3,
		Services: []db.Service{
			{Name: db.Fdholder, Flags: db.Essential, Consumer: db.None},
			{Name: "log", Deps: []int{0, 3}, Consumer: db.None, Producers: []int{2}},
			{Name: "web", Deps: []int{0, 1, 3, 4}, Consumer: 1},
			{Name: "prepare", Flags: db.Essential, Consumer: db.None},
			{Name: "end", Deps: []int{3}, Consumer: db.None},
		},
		Names: []db.Entry{
			{Name: "end", Numbers: []int{4}}, {Name: "prepare", Numbers: []int{3}}, {Name: "web", Numbers: []int{2}},
			{Name: "log", Numbers: []int{1}}, {Name: db.Fdholder, Numbers: []int{0}},
			{Name: "user", Numbers: []int{1, 2, 4}}, {Name: "pipe", Numbers: []int{1, 2}}, {Name: "across", Numbers: []int{2, 3}},
		},
	}
}

func TestDrawings(t *testing.T) {
	states := []State{Up, Ready, Dead, Up, Down}
	for _, c := range []struct {
		name string
		got  string
		want string
	}{
		{"text", New(example(), states, Options{Reduced: true}).Text(), `
across: web prepare
pipe: log web
user: pipe end

web (longrun, dead)
├=> log (longrun, ready)
│  └─ prepare (oneshot, essential, up)
└─ end (oneshot, down)
   └─ prepare (oneshot, essential, up)
`},
		{"mermaid", New(example(), states, Options{}).Mermaid(), `
flowchart TD
  subgraph bundle_user["user"]
    subgraph bundle_pipe["pipe"]
      log["log<br/>ready"]
      web["web<br/>dead"]
    end
    s_end(["end<br/>down"])
  end
  prepare(["prepare<br/>up"])
  bundle_across{{"across"}}
  bundle_across -.- web
  bundle_across -.- prepare
  log --> prepare
  web ==> log
  web --> prepare
  web --> s_end
  s_end --> prepare
  classDef down fill:#dddddd,color:#000
  class s_end down
  classDef up fill:#d3f0d3,color:#000
  class prepare up
  classDef ready fill:#a5dfa5,color:#000
  class log ready
  classDef dead fill:#f5b0b0,color:#000
  class web dead
  classDef essential stroke-width:4px
  class prepare essential
`},
		{"dot", New(example(), nil, Options{Only: []string{"log"}, Internal: true}).Dot(), `
digraph services {
  node [fontname="sans-serif", style=filled, fillcolor="#ffffff"]
  subgraph "cluster user" {
    label="user"
    subgraph "cluster pipe" {
      label="pipe"
      "log" [shape=box]
      "web" [shape=box]
    }
  }
  "s6rc-fdholder" [shape=box, peripheries=2]
  "prepare" [shape=ellipse, peripheries=2]
  "bundle across" [label="across", shape=folder]
  "bundle across" -> "web" [style=dashed, arrowhead=none]
  "bundle across" -> "prepare" [style=dashed, arrowhead=none]
  "log" -> "s6rc-fdholder"
  "log" -> "prepare"
  "web" -> "s6rc-fdholder"
  "web" -> "log" [penwidth=3]
  "web" -> "prepare"
}
`},
	} {
		if c.got != c.want[1:] {
			t.Errorf("%s:\n%s", c.name, c.got)
		}
	}
}

// random is a graph of n services, each of which needs some of those before it.
func random(r *rand.Rand, n int) *db.DB {
	d := &db.DB{Longruns: n / 2}
	for i := range n {
		s := db.Service{Name: "service-" + strconv.Itoa(i*i), Consumer: db.None}
		for k := range i {
			if r.Intn(i+1) < 2 {
				s.Deps = append(s.Deps, k)
			}
		}
		d.Services = append(d.Services, s)
		d.Names = append(d.Names, db.Entry{Name: s.Name, Numbers: []int{i}})
	}
	for b := range r.Intn(6) {
		e := db.Entry{Name: "bundle" + strconv.Itoa(b)}
		from := r.Intn(n)
		for i := from; i < min(n, from+r.Intn(8)); i++ {
			e.Numbers = append(e.Numbers, i)
		}
		d.Names = append(d.Names, e)
	}
	return d
}

// TestLayout looks for what makes a drawing unreadable: services over each other, arrows that lead up, and
// services in a box they don't belong to.
func TestLayout(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 300 {
		g := New(random(r, 1+r.Intn(25)), nil, Options{Reduced: true})
		root, _ := g.clusters()
		l := g.arrange(root)
		for i, a := range l.nodes {
			for _, b := range l.nodes[:i] {
				if a.row == b.row && a.x < b.x+b.w && b.x < a.x+a.w {
					t.Fatalf("%s lies on %s", g.Nodes[i].Name, g.Nodes[b.node].Name)
				}
			}
		}
		for _, e := range g.Edges {
			if l.nodes[e.From].row >= l.nodes[e.To].row {
				t.Fatalf("%s is not above %s", g.Nodes[e.From].Name, g.Nodes[e.To].Name)
			}
		}
		apart(t, l.root.parts)
		if err := wellFormed(g.SVG()); err != nil {
			t.Fatal(err)
		}
	}
}

// apart checks that boxes beside each other have no column in common.
func apart(t *testing.T, areas []*area) (left, right float64) {
	t.Helper()
	left, right = 1e9, -1e9
	last := -1e9
	for _, a := range areas {
		l, r := apart(t, a.parts)
		for _, row := range a.rows {
			for _, s := range row {
				l, r = min(l, s.x), max(r, s.x+s.w)
			}
		}
		if l < last {
			t.Fatalf("boxes overlap: one ends at %v, the next begins at %v", last, l)
		}
		last = r
		left, right = min(left, l), max(right, r)
	}
	return left, right
}

func wellFormed(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestReduced compares what a reduced graph says of who needs whom, directly or not, with the full one.
func TestReduced(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 200 {
		d := random(r, 1+r.Intn(15))
		full, reduced := New(d, nil, Options{}), New(d, nil, Options{Reduced: true})
		reach := reachable(full)
		if got := reachable(reduced); !slices.EqualFunc(got, reach, slices.Equal) {
			t.Fatalf("reduced: %v, full: %v", got, reach)
		}
		for i := range reduced.Edges {
			less := &Graph{Nodes: reduced.Nodes, Edges: slices.Delete(slices.Clone(reduced.Edges), i, i+1)}
			if slices.EqualFunc(reachable(less), reach, slices.Equal) {
				t.Fatalf("%v could be left out of %v", reduced.Edges[i], reduced.Edges)
			}
		}
	}
}

// reachable tells for each service which ones it needs.
func reachable(g *Graph) [][]bool {
	reach := make([][]bool, len(g.Nodes))
	for n := range reach {
		reach[n] = make([]bool, len(g.Nodes))
	}
	for range g.Nodes {
		for _, e := range g.Edges {
			reach[e.From][e.To] = true
			for n, yes := range reach[e.To] {
				reach[e.From][n] = reach[e.From][n] || yes
			}
		}
	}
	return reach
}

// TestStrangeNames draws services whose names are no UTF-8 and hold what means something in each language.
func TestStrangeNames(t *testing.T) {
	const name = "\xff\xfe\"]<&>{}\\ end\n;"
	d := &db.DB{Services: []db.Service{{Name: name, Consumer: db.None}}, Names: []db.Entry{{Name: name, Numbers: []int{0}}}}
	g := New(d, nil, Options{})
	for _, got := range []string{g.Text(), g.Mermaid(), g.Dot(), g.SVG()} {
		if !utf8.ValidString(got) {
			t.Errorf("not UTF-8: %q", got)
		}
	}
	if err := wellFormed(g.SVG()); err != nil {
		t.Error(err)
	}
	if want := "  \"\ufffd\\\"]<&>{}\\\\ end\\n;\" [shape=ellipse]\n"; !strings.Contains(g.Dot(), want) {
		t.Errorf("got %s, want %s", g.Dot(), want)
	}
	if want := "([\"\ufffd#quot;]#lt;#amp;#gt;{}\\ end ;\"])\n"; !strings.Contains(g.Mermaid(), want) {
		t.Errorf("got %s, want %s", g.Mermaid(), want)
	}
}

// TestCrosses shows that the bundles found to cross are those that share some services of which neither holds the other.
func TestCrosses(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 300 {
		g := &Graph{Nodes: make([]Node, 1+random.Intn(70))}
		for range random.Intn(12) {
			from, to := random.Intn(len(g.Nodes)+1), random.Intn(len(g.Nodes)+1)
			var members []int
			for n := min(from, to); n < max(from, to); n++ {
				members = append(members, n)
			}
			g.Bundles = append(g.Bundles, Bundle{Members: members})
		}
		got := g.crosses()
		for i := range g.Bundles {
			for j := range g.Bundles {
				a, b, common := g.Bundles[i].Members, g.Bundles[j].Members, 0
				for _, n := range a {
					if slices.Contains(b, n) {
						common++
					}
				}
				if want := common > 0 && common < min(len(a), len(b)); got[i][j] != want {
					t.Fatalf("%v and %v: %v, want %v", a, b, got[i][j], want)
				}
			}
		}
	}
}

// TestNested shows that thousands of bundles within each other, and one across, are drawn: each pair of them for each service would
// take minutes.
func TestNested(t *testing.T) {
	g := &Graph{Nodes: make([]Node, 3000)}
	var members []int
	for n := range g.Nodes {
		g.Nodes[n].Name = "s" + strconv.Itoa(n)
		members = append(members, n)
		g.Bundles = append(g.Bundles, Bundle{"b" + strconv.Itoa(n), members[:n+1]})
	}
	g.Bundles = append(g.Bundles, Bundle{"across", []int{5, 2000}})
	root, loose := g.clusters()
	if len(loose) != 1 || g.Bundles[loose[0]].Name != "across" || len(root.children) != 1 {
		t.Errorf("loose %v, children %d", loose, len(root.children))
	}
}
