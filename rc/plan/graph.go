// Package plan is the graph side of s6-rc, pure: closures, cycles, orders, and the plan of a state change.
// Services are numbers from 0; the functions take time linear in the number of services and dependencies.
package plan

import "slices"

// Graph holds, for each service, the services it depends on directly.
type Graph [][]int

// Reverse returns the graph with every edge turned round, each list in ascending order.
func (g Graph) Reverse() Graph {
	count := make([]int, len(g))
	total := 0
	for _, deps := range g {
		for _, d := range deps {
			count[d]++
		}
		total += len(deps)
	}
	store := make([]int, total)
	out := make(Graph, len(g))
	for i, n := range count {
		out[i], store = store[:0:n], store[n:]
	}
	for i, deps := range g {
		for _, d := range deps {
			out[d] = append(out[d], i)
		}
	}
	return out
}

// Close adds to set everything that its members depend on, directly or not.
func (g Graph) Close(set []bool) {
	var todo []int
	for i, in := range set {
		if in {
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, d := range g[i] {
			if !set[d] {
				set[d] = true
				todo = append(todo, d)
			}
		}
	}
}

// Order returns all services, each one after what it depends on; of those that could come next, the
// smallest first found. Services on a cycle, or depending on one, are missing.
func (g Graph) Order() []int {
	rev := g.Reverse()
	pending := make([]int, len(g))
	order := make([]int, 0, len(g))
	for i, deps := range g {
		if pending[i] = len(deps); pending[i] == 0 {
			order = append(order, i)
		}
	}
	for next := 0; next < len(order); next++ {
		for _, r := range rev[order[next]] {
			if pending[r]--; pending[r] == 0 {
				order = append(order, r)
			}
		}
	}
	return order
}

// Cycles returns one cycle out of every knot of services that depend on each other (every strongly connected
// component that has a cycle): the services of a shortest way round through the smallest one of the knot,
// which comes first. Each depends on the next and the last on the first.
func (g Graph) Cycles() [][]int {
	var cycles [][]int
	for _, knot := range g.knots() {
		from := slices.Min(knot)
		inside := make(map[int]bool, len(knot))
		for _, i := range knot {
			inside[i] = true
		}
		cycles = append(cycles, g.wayRound(from, inside))
	}
	slices.SortFunc(cycles, func(a, b []int) int { return a[0] - b[0] })
	return cycles
}

// wayRound finds a shortest path from a service back to itself that stays inside.
func (g Graph) wayRound(from int, inside map[int]bool) []int {
	came := make(map[int]int, len(inside))
	queue := []int{from}
	for {
		i := queue[0]
		queue = queue[1:]
		for _, d := range g[i] {
			if d == from {
				path := []int{i}
				for i != from {
					i = came[i]
					path = append(path, i)
				}
				slices.Reverse(path)
				return path
			}
			if _, seen := came[d]; inside[d] && !seen {
				came[d] = i
				queue = append(queue, d)
			}
		}
	}
}

// knots returns the strongly connected components that hold a cycle (Tarjan's algorithm, with a stack of
// its own: a chain of services may be as long as there are services).
func (g Graph) knots() [][]int {
	const unseen = 0
	var (
		knots   [][]int
		index   = make([]int, len(g)) // order of discovery from 1
		low     = make([]int, len(g))
		onStack = make([]bool, len(g))
		stack   []int
		found   int
	)
	type frame struct{ node, edge int }
	var calls []frame
	enter := func(i int) {
		found++
		index[i], low[i] = found, found
		stack, onStack[i] = append(stack, i), true
		calls = append(calls, frame{i, 0})
	}
	for root := range g {
		if index[root] != unseen {
			continue
		}
		enter(root)
		for len(calls) > 0 {
			f := &calls[len(calls)-1]
			i := f.node
			if f.edge < len(g[i]) {
				d := g[i][f.edge]
				f.edge++
				if index[d] == unseen {
					enter(d)
				} else if onStack[d] {
					low[i] = min(low[i], index[d])
				}
				continue
			}
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				parent := calls[len(calls)-1].node
				low[parent] = min(low[parent], low[i])
			}
			if low[i] != index[i] {
				continue
			}
			at := slices.Index(stack, i)
			knot := slices.Clone(stack[at:])
			stack = stack[:at]
			for _, k := range knot {
				onStack[k] = false
			}
			if len(knot) > 1 || slices.Contains(g[i], i) {
				knots = append(knots, knot)
			}
		}
	}
	return knots
}
