package compile

import (
	"fmt"
	"slices"
	"strings"

	"s6box/rc/plan"
	"s6box/rc/source"
)

func (c *compiler) fatal(at source.Place, hint, format string, args ...any) {
	c.problems = append(c.problems, source.Problem{Severity: source.Fatal, At: at, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// undefined reports a name that stands for nothing. A service whose own definition is broken was reported
// before.
func (c *compiler) undefined(ref source.Ref, doing string) {
	if c.listed[ref.Name] != nil {
		return
	}
	hint := "in " + ref.At.String()
	if near, ok := source.Nearest(ref.Name, c.names); ok {
		hint += "; did you mean " + near + "?"
	}
	c.fatal(ref.At, hint, "during %s: undefined service name %s", doing, source.Show(ref.Name))
}

// bundleContents resolves the contents of every bundle, bundles in bundles included.
func (c *compiler) bundleContents() {
	number := make(map[string]int, len(c.order))
	for i, b := range c.order {
		number[b.name] = i
	}
	nested := make(plan.Graph, len(c.order))
	for i, b := range c.order {
		for _, ref := range b.refs {
			if n, ok := number[ref.Name]; ok {
				nested[i] = append(nested[i], n)
			} else if _, ok := c.atoms[ref.Name]; !ok {
				c.undefined(ref, "resolution of bundle "+source.Show(b.name))
			}
		}
	}
	for _, cycle := range nested.Cycles() {
		c.bundleCycle(cycle)
	}
	set := make([]bool, len(c.services))
	for _, i := range nested.Order() {
		c.flatten(c.order[i], set)
	}
}

// bundleCycle reports bundles that contain each other.
func (c *compiler) bundleCycle(cycle []int) {
	var path, why []string
	var at source.Place
	for k, i := range cycle {
		path = append(path, source.Show(c.order[i].name))
		to := c.order[cycle[(k+1)%len(cycle)]].name
		for _, ref := range c.order[i].refs {
			if ref.Name == to {
				why = append(why, ref.At.String())
				if k == 0 {
					at = ref.At
				}
				break
			}
		}
	}
	c.fatal(at, strings.Join(why, ", "), "cyclic bundle definition: resolution of %s encountered a cycle involving %s: %s",
		path[0], path[len(path)-1], strings.Join(append(path, path[0]), " contains "))
}

// flatten fills in what a bundle stands for when the bundles in it are done. set is scratch space.
func (c *compiler) flatten(b *bundle, set []bool) {
	for _, ref := range b.refs {
		n, ok := c.atoms[ref.Name]
		var members []int
		if ok {
			members = []int{n}
		} else if inner := c.bundles[ref.Name]; inner != nil {
			members = inner.resolved
		}
		for _, m := range members {
			if !set[m] {
				set[m] = true
				b.resolved = append(b.resolved, m)
			}
		}
	}
	for _, m := range b.resolved {
		set[m] = false
	}
	slices.Sort(b.resolved)
}

// dependencies resolves what every atomic service depends on, and adds what it needs by its nature.
func (c *compiler) dependencies() {
	set := make([]bool, len(c.services))
	for i, d := range c.services {
		if d == nil {
			continue
		}
		var deps []int
		add := func(numbers ...int) {
			for _, n := range numbers {
				if !set[n] {
					set[n] = true
					deps = append(deps, n)
				}
			}
		}
		for _, ref := range d.Deps {
			if n, ok := c.atoms[ref.Name]; ok {
				add(n)
			} else if b := c.bundles[ref.Name]; b != nil {
				add(b.resolved...)
			} else {
				c.undefined(ref, "dependency resolution for service "+source.Show(d.Name))
			}
		}
		switch {
		case i >= c.longruns:
			add(runner)
		case c.consumer[i] >= 0:
			add(c.consumer[i], fdholder)
		case len(c.produces[i]) > 0:
			add(fdholder)
		}
		for _, n := range deps {
			set[n] = false
		}
		slices.Sort(deps)
		c.deps[i] = deps
	}
}

// cycles reports every knot of services that wait for each other.
func (c *compiler) cycles() {
	for _, cycle := range c.deps.Cycles() {
		path := make([]string, len(cycle))
		for k, i := range cycle {
			path[k] = source.Show(c.services[i].Name)
		}
		c.fatal(source.Place{File: c.services[cycle[0]].Dir}, c.why(cycle), "cyclic service dependency reached from %s and involving %s: %s",
			path[0], path[len(path)-1], strings.Join(append(path, path[0]), " -> "))
	}
}

// why says where each dependency of a cycle comes from.
func (c *compiler) why(cycle []int) string {
	var out []string
	for k, i := range cycle {
		to := cycle[(k+1)%len(cycle)]
		out = append(out, c.reason(i, to))
	}
	return strings.Join(out, ", ")
}

// reason says what makes service i depend on service to.
func (c *compiler) reason(i, to int) string {
	d := c.services[i]
	for _, ref := range d.Deps {
		if ref.Name == c.services[to].Name {
			return ref.At.String()
		}
	}
	for _, ref := range d.Deps {
		if b := c.bundles[ref.Name]; b != nil && slices.Contains(b.resolved, to) {
			return ref.At.String() + " (a bundle)"
		}
	}
	return d.Producer.At.String()
}
