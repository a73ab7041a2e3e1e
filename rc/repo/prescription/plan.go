package prescription

import (
	"slices"

	"s6box/rc/db"
	"s6box/rc/plan"
)

// Move is a service that changes its prescription.
type Move struct {
	Service  int
	From, To RX
}

// graphs are the relations between the services of a database.
type graphs struct {
	deps, rdeps, mates plan.Graph // mates read or write the other's pipe
}

func relations(d *db.DB) graphs {
	g := graphs{deps: d.Graph(), mates: make(plan.Graph, len(d.Services))}
	g.rdeps = g.deps.Reverse()
	for n := range d.Longruns {
		s := &d.Services[n]
		g.mates[n] = append(g.mates[n], s.Producers...)
		if s.Consumer != db.None {
			g.mates[n] = append(g.mates[n], s.Consumer)
		}
	}
	return g
}

// Pulled returns the services that must change to a prescription together with those in seeds, for the set to be
// consistent: what they need, if it is in a lower one, what needs them, if it is in a higher one, and the rest of
// their pipelines, which are masked as a whole or not at all.
func Pulled(d *db.DB, rx []RX, seeds []bool, to RX) []int {
	g := relations(d)
	moved := append([]bool(nil), seeds...)
	for grown := true; grown; {
		grown = false
		add := func(from []bool, along plan.Graph, when func(RX) bool) {
			reached := append([]bool(nil), from...)
			along.Close(reached)
			for n, yes := range reached {
				if yes && !moved[n] && when(rx[n]) {
					moved[n], grown = true, true
				}
			}
		}
		lower := func(x RX) bool { return x < to }
		higher := func(x RX) bool { return x > to }
		add(withRX(rx, moved, seeds, func(x RX) bool { return x <= to }), g.deps, lower)
		add(withRX(rx, moved, seeds, func(x RX) bool { return x >= to }), g.rdeps, higher)
		if to == Masked {
			add(moved, g.mates, higher)
		} else {
			add(moved, g.mates, func(x RX) bool { return x == Masked })
		}
	}
	var pulled []int
	for n, yes := range moved {
		if yes && !seeds[n] {
			pulled = append(pulled, n)
		}
	}
	return pulled
}

// withRX returns the services moved that come from a prescription of the right kind, and all seeds.
func withRX(rx []RX, moved, seeds []bool, right func(RX) bool) []bool {
	out := append([]bool(nil), seeds...)
	for n, yes := range moved {
		if yes && right(rx[n]) {
			out[n] = true
		}
	}
	return out
}

// Fix returns the moves that make a set consistent: up raises what services need to where these are, else services
// are lowered to where what they need is.
func Fix(d *db.DB, rx []RX, up bool) []Move {
	g := relations(d)
	now := append([]RX(nil), rx...)
	if up {
		fixUp(g, now)
	} else {
		fixDown(g, now)
	}
	var moves []Move
	for n := range now {
		if now[n] != rx[n] {
			moves = append(moves, Move{n, rx[n], now[n]})
		}
	}
	return moves
}

func fixDown(g graphs, rx []RX) {
	for x := Masked; x < Always; x++ {
		along := g.rdeps
		if x == Masked {
			along = join(g.rdeps, g.mates)
		}
		for n, reached := range spread(rx, along, func(y RX) bool { return y == x }) {
			if reached {
				rx[n] = min(rx[n], x)
			}
		}
	}
}

func fixUp(g graphs, rx []RX) {
	for x := Always; x > Masked; x-- {
		along := g.deps
		if x == Usable {
			along = join(g.deps, g.mates)
		}
		for n, reached := range spread(rx, along, func(y RX) bool { return y >= x }) {
			if reached {
				rx[n] = max(rx[n], x)
			}
		}
	}
}

// spread returns the services with a prescription of some kind, and those that can be reached from them.
func spread(rx []RX, along plan.Graph, from func(RX) bool) []bool {
	set := make([]bool, len(rx))
	for n, x := range rx {
		set[n] = from(x)
	}
	along.Close(set)
	return set
}

func join(a, b plan.Graph) plan.Graph {
	out := make(plan.Graph, len(a))
	for n := range a {
		out[n] = append(append([]int(nil), a[n]...), b[n]...)
	}
	return out
}

// conflict is a service in a higher prescription than another that it needs, or unmasked in a pipeline with a masked one.
type conflict struct{ Service, Other int }

// Conflicts returns what keeps a set from being committed.
func Conflicts(d *db.DB, rx []RX) []conflict {
	g := relations(d)
	var all []conflict
	for n := range rx {
		for _, other := range g.deps[n] {
			if rx[other] < rx[n] {
				all = append(all, conflict{n, other})
			}
		}
		for _, other := range g.mates[n] {
			if rx[other] == Masked && rx[n] != Masked && !slices.Contains(g.deps[n], other) {
				all = append(all, conflict{n, other})
			}
		}
	}
	return all
}
