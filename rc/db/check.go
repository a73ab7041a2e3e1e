package db

import (
	"slices"
	"strings"
)

// Check looks for what s6-rc relies on: reverse dependencies that agree with the direct ones, no cycle, and
// pipelines that agree in both directions. The error is ErrInvalid, wrapped with what it found first.
func (d *DB) Check() error {
	if err := d.flow(); err != nil {
		return err
	}
	reverse := d.Graph().Reverse()
	for n := range d.Services {
		s := &d.Services[n]
		if !sameSet(reverse[n], s.Rdeps) {
			return invalid("mismatch of the direct and reverse dependencies of %s", s.Name)
		}
		if s.Consumer != None && !slices.Contains(d.Services[s.Consumer].Producers, n) {
			return invalid("%s is a producer for %s, which does not consume it", s.Name, d.Services[s.Consumer].Name)
		}
	}
	if cycles := d.Graph().Cycles(); len(cycles) > 0 {
		return invalid("cyclic service dependency: %s", d.path(cycles[0]))
	}
	return nil
}

// flow checks that who follows a pipeline, in either direction, comes to its end: no database that is read lacks that.
func (d *DB) flow() error {
	for n := range d.Services {
		s := &d.Services[n]
		for _, p := range s.Producers {
			if d.Services[p].Consumer != n {
				return invalid("%s consumes %s, which does not produce for it", s.Name, d.Services[p].Name)
			}
		}
	}
	ends := make([]bool, d.Longruns)
	for n := range ends {
		steps := 0
		for at := n; at != None && !ends[at]; at = d.Services[at].Consumer {
			if steps++; steps > d.Longruns {
				return invalid("the pipeline of %s has no end", d.Services[n].Name)
			}
		}
		for at := n; at != None && !ends[at]; at = d.Services[at].Consumer {
			ends[at] = true
		}
	}
	return nil
}

// path is a cycle of services as messages show it.
func (d *DB) path(cycle []int) string {
	var names []string
	for _, n := range append(cycle, cycle[0]) {
		names = append(names, d.Services[n].Name)
	}
	return strings.Join(names, " -> ")
}

func sameSet(a, b []int) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}
