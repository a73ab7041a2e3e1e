package plan

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// random makes an acyclic graph of n services under a random numbering.
func random(r *rand.Rand, n int) Graph {
	number := r.Perm(n)
	g := make(Graph, n)
	for i := range n {
		for j := range i {
			if r.IntN(3) == 0 {
				g[number[i]] = append(g[number[i]], number[j])
			}
		}
	}
	return g
}

func flags(r *rand.Rand, n, of int) []bool {
	f := make([]bool, n)
	for i := range f {
		f[i] = r.IntN(of) == 0
	}
	return f
}

// reach is the brute-force model: reach[i][j] says that i depends on j, directly or not.
func reach(g Graph) [][]bool {
	n := len(g)
	m := make([][]bool, n)
	for i := range m {
		m[i] = make([]bool, n)
		for _, d := range g[i] {
			m[i][d] = true
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				m[i][j] = m[i][j] || m[i][k] && m[k][j]
			}
		}
	}
	return m
}

func TestCloseAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 1 + r.IntN(12)
		g := make(Graph, n) // cycles welcome
		for i := range g {
			for j := range n {
				if r.IntN(5) == 0 {
					g[i] = append(g[i], j)
				}
			}
		}
		set, m := flags(r, n, 4), reach(g)
		want := slices.Clone(set)
		for i := range set {
			for j := range n {
				want[j] = want[j] || set[i] && m[i][j]
			}
		}
		got := slices.Clone(set)
		if g.Close(got); !slices.Equal(got, want) {
			t.Fatalf("%v: closure of %v is %v, want %v", g, set, got, want)
		}
		if rr := g.Reverse().Reverse(); !reflect.DeepEqual(sorted(rr), sorted(g)) {
			t.Fatalf("%v reversed twice is %v", g, rr)
		}
		checkCycles(t, g, m)
	}
}

func sorted(g Graph) Graph {
	out := make(Graph, len(g))
	for i := range g {
		out[i] = append([]int{}, g[i]...)
		slices.Sort(out[i])
	}
	return out
}

func checkCycles(t *testing.T, g Graph, m [][]bool) {
	t.Helper()
	covered := make([]bool, len(g))
	for _, c := range g.Cycles() {
		for k, i := range c {
			if !slices.Contains(g[i], c[(k+1)%len(c)]) {
				t.Fatalf("%v: %v is not a cycle", g, c)
			}
		}
		if covered[c[0]] {
			t.Fatalf("%v: the knot of %d is reported twice", g, c[0])
		}
		for j := range g {
			if j == c[0] || m[c[0]][j] && m[j][c[0]] {
				covered[j] = true
			}
		}
	}
	order := g.Order()
	for i := range g {
		if m[i][i] != covered[i] {
			t.Fatalf("%v: service %d on a cycle: %v, reported %v", g, i, m[i][i], covered[i])
		}
		bad := m[i][i]
		for j := range g {
			bad = bad || m[i][j] && m[j][j]
		}
		if slices.Contains(order, i) == bad {
			t.Fatalf("%v: service %d in the order %v", g, i, order)
		}
	}
	for at, i := range order {
		for _, d := range g[i] {
			if slices.Index(order, d) >= at {
				t.Fatalf("%v: order %v has %d before %d", g, order, i, d)
			}
		}
	}
}

// TestChangeAgainstModel plays random changes with random failures. At every step nothing may run before
// its time, and at the end the state must be what the definition says, service by service.
func TestChangeAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		n := 1 + r.IntN(12)
		g := random(r, n)
		m := reach(g)
		up := flags(r, n, 2)
		up = closedUp(up, m) // what an up service needs is up
		req := Request{Deps: g, Up: up, Want: flags(r, n, 3), Down: r.IntN(2) == 0}
		if req.Down && r.IntN(2) == 0 {
			req.Keep = flags(r, n, 5)
		}
		fails := flags(r, n, 6)
		got := play(t, r, req, fails)
		for i := range n {
			if want := model(req, m, fails, i); got[i] != want {
				t.Fatalf("%+v, failing %v: service %d up: %v, want %v", req, fails, i, got[i], want)
			}
		}
	}
}

func closedUp(up []bool, m [][]bool) []bool {
	out := slices.Clone(up)
	for i := range up {
		for j := range up {
			out[j] = out[j] || up[i] && m[i][j]
		}
	}
	return out
}

// model says whether service i is up after the change.
func model(req Request, m [][]bool, fails []bool, i int) bool {
	concerned := req.Want[i]
	blocked := fails[i]
	if req.Down && req.Keep != nil {
		blocked = blocked || req.Keep[i]
	}
	for j := range m {
		needs := m[j][i]
		if req.Down {
			needs = m[i][j]
		}
		concerned = concerned || req.Want[j] && needs
		if waits := m[i][j]; !req.Down && waits && !req.Up[j] && fails[j] {
			blocked = true
		}
		if waits := m[j][i]; req.Down && waits && req.Up[j] && (fails[j] || req.Keep != nil && req.Keep[j]) {
			blocked = true
		}
	}
	if !concerned || blocked {
		return req.Up[i]
	}
	return !req.Down
}

func play(t *testing.T, r *rand.Rand, req Request, fails []bool) []bool {
	t.Helper()
	state := slices.Clone(req.Up)
	p, steps := New(req)
	seen := make([]bool, len(state))
	var running []int
	for {
		for _, s := range steps {
			if seen[s.Service] {
				t.Fatalf("%+v: service %d comes twice", req, s.Service)
			}
			seen[s.Service] = true
			if s.Action == Run {
				running = append(running, s.Service)
				inTime(t, req, state, s.Service)
			}
		}
		if len(running) == 0 {
			return state
		}
		k := r.IntN(len(running))
		i := running[k]
		running = slices.Delete(running, k, k+1)
		steps = nil
		if fails[i] {
			for _, b := range p.Blocked(i) {
				if seen[b] {
					t.Fatalf("%+v: service %d is not blocked by %d: it had its turn", req, b, i)
				}
			}
			continue
		}
		state[i] = !req.Down
		steps = p.Done(i)
	}
}

func inTime(t *testing.T, req Request, state []bool, i int) {
	t.Helper()
	for j, deps := range req.Deps {
		for _, d := range deps {
			if !req.Down && j == i && !state[d] {
				t.Fatalf("%+v: service %d starts before %d is up", req, i, d)
			}
			if req.Down && d == i && state[j] {
				t.Fatalf("%+v: service %d stops before %d is down", req, i, j)
			}
		}
	}
}

func TestBlocked(t *testing.T) {
	g := Graph{nil, {0}, {1}, nil, {2, 3}}
	p, steps := New(Request{Deps: g, Up: make([]bool, 5), Want: []bool{4: true}})
	if want := []Step{{3, Run}, {0, Run}}; !slices.Equal(steps, want) {
		t.Fatalf("steps %v, want %v", steps, want)
	}
	if got := p.Blocked(0); !slices.Equal(got, []int{1, 2, 4}) {
		t.Errorf("blocked by 0: %v", got)
	}
}

func BenchmarkPlan10000(b *testing.B) {
	n := 10000
	g := make(Graph, n)
	for i := 1; i < n; i++ {
		g[i] = []int{i - 1, i / 2, i / 3}
	}
	want := make([]bool, n)
	want[n-1] = true
	for b.Loop() {
		p, steps := New(Request{Deps: g, Up: make([]bool, n), Want: want})
		for len(steps) > 0 {
			steps = p.Done(steps[0].Service)
		}
		if g.Cycles() != nil {
			b.Fatal("cycle")
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(time.Millisecond), "ms/op")
}
