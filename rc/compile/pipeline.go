package compile

import (
	"slices"

	"s6box/rc/db"
	"s6box/rc/source"
)

// pipelines connects producers and consumers, checks that both sides say so, and makes the bundles that
// pipelines are named by.
func (c *compiler) pipelines() {
	for i := internal; i < c.longruns; i++ {
		d := c.services[i]
		if d.Producer != nil {
			c.produce(i, d)
		}
		for _, ref := range d.Consumes {
			c.consume(d, ref)
		}
	}
	for i := internal; i < c.longruns; i++ {
		c.sortProducers(i)
	}
	for i := c.longruns - 1; i >= internal; i-- { // the order of s6-rc's databases
		if name := c.services[i].Pipeline; name != nil {
			c.pipelineBundle(i, name)
		}
	}
}

// sortProducers puts the producers of service i into the order of s6-rc's databases: that of consumer-for, in the
// last consumer of a pipeline with the first one at the end.
func (c *compiler) sortProducers(i int) {
	if len(c.produces[i]) < 2 {
		return
	}
	var sorted []int
	for _, ref := range c.services[i].Consumes {
		if p, ok := c.atoms[ref.Name]; ok && slices.Contains(c.produces[i], p) {
			sorted = append(sorted, p)
		}
	}
	if c.consumer[i] == db.None {
		sorted = append(sorted[1:], sorted[0])
	}
	c.produces[i] = sorted
}

// longrun finds the service that another one names as its partner in a pipeline.
func (c *compiler) longrun(ref source.Ref, declares string) (n int, ok bool) {
	n, ok = c.atoms[ref.Name]
	if ok && n < c.longruns {
		return n, true
	}
	kind := source.Unknown
	hint := "in " + ref.At.String()
	if d := c.listed[ref.Name]; d != nil {
		if kind = d.Kind; kind == source.Unknown {
			return 0, false // its own definition was reported
		}
	} else if near, ok := source.Nearest(ref.Name, c.names); ok {
		hint += "; did you mean " + near + "?"
	}
	c.fatal(ref.At, hint, "longrun service %s a service named %s of type %s", declares, source.Show(ref.Name), kind)
	return 0, false
}

func (c *compiler) produce(i int, d *source.Definition) {
	declares := source.Show(d.Name) + " declares being a producer for"
	to, ok := c.longrun(*d.Producer, declares)
	if !ok {
		return
	}
	if !names(c.services[to].Consumes, d.Name) {
		c.fatal(d.Producer.At, d.Producer.At.String()+" says "+d.Producer.Name+", "+consumerSide(c.services[to]),
			"longrun service %s a service named %s that does not declare it back", declares, d.Producer.Name)
		return
	}
	c.consumer[i] = to
	c.produces[to] = append(c.produces[to], i)
}

func (c *compiler) consume(d *source.Definition, ref source.Ref) {
	declares := source.Show(d.Name) + " declares being the consumer for"
	from, ok := c.longrun(ref, declares)
	if !ok {
		return
	}
	if p := c.services[from].Producer; p == nil || p.Name != d.Name {
		c.fatal(ref.At, ref.At.String()+" says "+ref.Name+", "+producerSide(c.services[from]),
			"longrun service %s a service named %s that does not declare it back", declares, ref.Name)
	}
}

func names(refs []source.Ref, name string) bool {
	return slices.ContainsFunc(refs, func(r source.Ref) bool { return r.Name == name })
}

// consumerSide tells what a service says about the services it reads from.
func consumerSide(d *source.Definition) string {
	if len(d.Consumes) == 0 {
		return d.Dir + "/consumer-for names nobody"
	}
	text := d.Dir + "/consumer-for names only"
	for _, ref := range d.Consumes {
		text += " " + source.Show(ref.Name)
	}
	return text
}

// producerSide tells what a service says about the one that reads its output.
func producerSide(d *source.Definition) string {
	if d.Producer == nil {
		return d.Dir + "/producer-for names nobody"
	}
	return d.Producer.At.String() + " says " + source.Show(d.Producer.Name)
}

// pipelineBundle makes the bundle of all services whose output ends up in service last.
func (c *compiler) pipelineBundle(last int, name *source.Ref) {
	c.opt.Progress(3, "creating bundle for pipeline "+name.Name)
	if first := c.listed[name.Name]; first != nil {
		c.fatal(name.At, name.At.String()+" names the pipeline so; the other definition is "+first.Dir,
			"duplicate service definition: %s defined in %s is already defined and has type %s", source.Show(name.Name), name.At, first.Kind)
		return
	}
	c.listed[name.Name] = &source.Definition{Name: name.Name, Dir: name.At.String(), Kind: source.Bundle}
	c.names = append(c.names, name.Name)
	b := &bundle{name: name.Name}
	todo, seen := []int{last}, map[int]bool{last: true}
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		c.opt.Progress(4, "adding "+c.services[i].Name+" to pipeline "+name.Name)
		b.refs = append(b.refs, source.Ref{Name: c.services[i].Name, At: name.At})
		for _, p := range c.produces[i] {
			if !seen[p] {
				seen[p] = true
				todo = append(todo, p)
			}
		}
	}
	c.bundle(b)
}

// piped tells whether a longrun is part of a pipeline.
func (c *compiler) piped(i int) bool { return c.consumer[i] != db.None || len(c.produces[i]) > 0 }
