// Package compile makes a service database and its service directories of service definitions, and checks
// them. It does no input or output, except that service directories name directories to be copied.
package compile

import (
	"path"
	"slices"

	"s6box/rc/db"
	"s6box/rc/plan"
	"s6box/rc/source"
)

// Options are what the generated service directories depend on.
type Options struct {
	Bindir string // absolute directory of the commands that generated scripts run
	User   string // account the fd-holder runs as; "" the owner of the supervision tree
	Wait   bool   // oneshots wait for a locked database instead of failing
	// Progress, if not nil, is told of each step with its verbosity.
	Progress func(verbosity int, text string)
}

// Result is a compiled database.
type Result struct {
	DB          *db.DB
	Servicedirs []Servicedir // by service number
	Problems    []source.Problem
}

// Compile compiles definitions. Where a problem is Fatal there is no database.
func Compile(defs []*source.Definition, opt Options) *Result {
	if opt.Progress == nil {
		opt.Progress = func(int, string) {}
	}
	c := &compiler{opt: opt, bundles: map[string]*bundle{}, atoms: map[string]int{}, listed: map[string]*source.Definition{}}
	c.number(defs)
	opt.Progress(2, "making bundles for pipelines")
	c.pipelines()
	opt.Progress(2, "resolving bundle names")
	c.bundleContents()
	opt.Progress(3, "converting bundle array")
	opt.Progress(2, "resolving service names")
	c.dependencies()
	opt.Progress(3, "converting service dependency array")
	opt.Progress(3, "checking database correctness")
	c.cycles()
	if source.Failed(c.problems) {
		return &Result{Problems: c.problems}
	}
	d := c.database()
	return &Result{DB: d, Servicedirs: c.servicedirs(d), Problems: c.problems}
}

// compiler is a compilation under way. Services have their final numbers from the start.
type compiler struct {
	opt      Options
	services []*source.Definition // by number; nil for the two that are made here
	longruns int
	read     []int // numbers in the order of definitions
	deps     plan.Graph
	consumer []int   // by longrun: who reads its output, or db.None
	produces [][]int // by longrun: whose output it reads
	atoms    map[string]int
	bundles  map[string]*bundle
	order    []*bundle                     // as they were defined
	listed   map[string]*source.Definition // every name that is taken
	names    []string                      // those names, in order, for hints
	problems []source.Problem
}

// bundle is a set of services on its way from names to numbers.
type bundle struct {
	name     string
	refs     []source.Ref
	flags    uint32
	resolved []int // ascending
}

const (
	runner   = 0 // number of the oneshot runner
	fdholder = 1 // number of the fd-holder
	internal = 2 // number of services that every database has
)

// number gives every atomic service its number: those made here, then longruns, then oneshots.
func (c *compiler) number(defs []*source.Definition) {
	c.services = make([]*source.Definition, internal, internal+len(defs))
	var oneshots []*source.Definition
	for _, d := range defs {
		if !c.take(d) {
			continue
		}
		switch d.Kind {
		case source.Longrun:
			c.services = append(c.services, d)
		case source.Oneshot:
			oneshots = append(oneshots, d)
		case source.Bundle:
			c.bundle(&bundle{name: d.Name, refs: d.Contents, flags: flags(d)})
		}
	}
	c.longruns = len(c.services)
	c.services = append(c.services, oneshots...)
	for i, d := range c.services[internal:] {
		c.atoms[d.Name] = internal + i
	}
	c.read = []int{runner, fdholder}
	for _, d := range defs {
		if n, ok := c.atoms[d.Name]; ok && c.services[n] == d {
			c.read = append(c.read, n)
		}
	}
	c.deps = make(plan.Graph, len(c.services))
	c.consumer = make([]int, c.longruns)
	for i := range c.consumer {
		c.consumer[i] = db.None
	}
	c.produces = make([][]int, c.longruns)
	slices.Sort(c.names)
}

// take reserves a definition's name; a name that is taken is a problem.
func (c *compiler) take(d *source.Definition) bool {
	if first := c.listed[d.Name]; first != nil {
		c.fatal(source.Place{File: d.Dir}, "this one is "+d.Dir+", the first one "+first.Dir,
			"duplicate service definition: %s defined in %s is already defined and has type %s", source.Show(d.Name), path.Dir(d.Dir), first.Kind)
		return false
	}
	c.listed[d.Name] = d
	c.names = append(c.names, d.Name)
	return true
}

func (c *compiler) bundle(b *bundle) {
	c.bundles[b.name] = b
	c.order = append(c.order, b)
}

func flags(d *source.Definition) (f uint32) {
	if d.Essential {
		f |= db.Essential
	}
	if d.Recommended {
		f |= db.Recommended
	}
	return f
}

// database writes down what was resolved.
func (c *compiler) database() *db.DB {
	d := &db.DB{Services: make([]db.Service, len(c.services)), Longruns: c.longruns, Order: c.read}
	rdeps := c.deps.Reverse()
	for i, def := range c.services {
		s := &d.Services[i]
		s.Deps, s.Rdeps, s.Consumer = c.deps[i], rdeps[i], db.None
		if i < c.longruns {
			s.Consumer, s.Producers = c.consumer[i], c.produces[i]
		}
		if def == nil {
			s.Name, s.Flags = [...]string{db.OneshotRunner, db.Fdholder}[i], db.Essential
			continue
		}
		s.Name, s.Flags = def.Name, flags(def)
		s.TimeoutUp, s.TimeoutDown = def.TimeoutUp, def.TimeoutDown
		s.Up, s.Down, s.Reload = def.Up, def.Down, def.Reload
	}
	for _, b := range c.order {
		for _, n := range b.resolved {
			d.Services[n].Flags |= b.flags
		}
	}
	for i := len(d.Services) - 1; i >= 0; i-- {
		d.Names = append(d.Names, db.Entry{Name: d.Services[i].Name, Numbers: []int{i}})
	}
	for _, b := range slices.Backward(c.order) {
		d.Names = append(d.Names, db.Entry{Name: b.name, Numbers: b.resolved})
	}
	return d
}
