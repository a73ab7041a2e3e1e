package rc

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/compile"
	"s6box/rc/db"
	"s6box/rc/graph"
	"s6box/rc/live"
	"s6box/rc/source"
	"s6box/supervise"
)

// LiveGraph is the graph of the services of a live directory, with their states. It takes no lock: a
// change that hangs is what people want to look at.
func LiveGraph(dir string, opt graph.Options) (*graph.Graph, error) {
	l := live.Dir{Path: dir}
	d, err := readDB(dir + "/" + live.Compiled)
	if err != nil {
		return nil, err
	}
	state, err := l.ReadState(len(d.Services))
	if err != nil {
		return nil, applet.Fatal(exitInvalid, "unable to read state file in %s: %s", dir, applet.Reason(err))
	}
	states, changing := make([]graph.State, len(d.Services)), l.Changing()
	for n := range d.Services {
		states[n] = stateOf(&l, d, n, state.Up(n), changing)
	}
	return newGraph(dir, d, states, opt)
}

func stateOf(l *live.Dir, d *db.DB, n int, up, changing bool) graph.State {
	status, alive := supervise.Status{}, up
	if d.IsLongrun(n) {
		var err error
		status, err = supervise.ReadStatus(sys.AT, l.Servicedir(d.Services[n].Name))
		alive = err == nil && status.Up() || err == unix.EACCES && up // what may not be looked at is as s6-rc has it
	}
	switch {
	case changing && up && !alive:
		return graph.Stopping
	case changing && !up && alive:
		return graph.Starting
	case up && !alive:
		return graph.Dead
	case !up && alive:
		return graph.Stray
	case !up:
		return graph.Down
	case !d.IsLongrun(n) || !l.Notifies(d.Services[n].Name) || !status.Up():
		return graph.Up
	case status.Ready:
		return graph.Ready
	}
	return graph.NotReady
}

// CompiledGraph is the graph of a compiled database.
func CompiledGraph(dir string, opt graph.Options) (*graph.Graph, error) {
	d, err := openDB(dir, true)
	if err != nil {
		return nil, err
	}
	return newGraph(dir, d, nil, opt)
}

// SourceGraph is the graph of definitions. What is wrong with them is reported.
func SourceGraph(inv *applet.Invocation, defs []*source.Definition, problems []source.Problem, opt graph.Options) (*graph.Graph, error) {
	result := compile.Compile(defs, compile.Options{})
	if err := report(inv, append(problems, result.Problems...), 0); err != nil {
		return nil, err
	}
	return newGraph("the sources", result.DB, nil, opt)
}

func newGraph(where string, d *db.DB, states []graph.State, opt graph.Options) (*graph.Graph, error) {
	for _, name := range opt.Only {
		if _, ok := d.Lookup(name); !ok {
			return nil, applet.Fatal(exitUnknown, "%s is not a valid identifier in %s%s", name, where, suggest(d, name))
		}
	}
	return graph.New(d, states, opt), nil
}
