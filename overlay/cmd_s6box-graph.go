package overlay

import (
	"s6box/internal/applet"
	"s6box/internal/rundir"
	"s6box/internal/sys"
	"s6box/overlay/image"
	"s6box/rc"
	"s6box/rc/graph"
	"s6box/rc/source"
)

var cmdS6boxGraph = applet.Applet{
	Name:  "s6box-graph",
	Usage: "[ --text | --mermaid | --dot | --svg ] [ -a ] [ -f | -r ] [ -o name ] [ source... | compiled | live ]",
	Help: `s6box graph draws which service needs which: of a live directory, with the state of every service, of a
compiled database, or of source directories. Without an argument it is the live directory of this container.
States are down, up, ready and not ready; starting and stopping while a change is under way; dead and stray where s6-rc
takes a service for up whose process is not there, or the other way round.
An arrow leads from a service to what it needs; a thick one (=> in a terminal) is a pipeline. Bundles are boxes.
The source directory of an image (s6-rc.d, the directory it is in, or the root of the image) is taken together with
the overlay's own services; several roots are its layers, the first one at the bottom.

  --text     a tree for a terminal (default): each service with what it needs below; … stands for what was shown
  --mermaid  a flowchart for https://mermaid.js.org, which many forges show in Markdown
  --dot      input for Graphviz
  --svg      a drawing
  -a         also the services that s6-rc makes for itself
  -f, -r     every dependency (full: the default of --mermaid and --dot), or reduced by those that others imply (the
             default of --text and --svg)
  -o NAME    only what the service or bundle NAME needs and what needs it; may be repeated

Exit codes: 0 done, 1 an error in the sources, 3 no service NAME, 4 invalid database, 100 wrong usage, 111 a system
call failed.

Example: s6box graph --svg /etc/s6-overlay/s6-rc.d > services.svg
`,
	Run: runGraph,
}

func runGraph(inv *applet.Invocation) error {
	draw, reduced := (*graph.Graph).Text, true
	full, reduce := false, false
	var opt graph.Options
	as := func(how func(*graph.Graph) string, reduce bool) func(string) error {
		return func(string) error { draw, reduced = how, reduce; return nil }
	}
	err := inv.Gol(
		applet.Option{Long: "text", Set: as((*graph.Graph).Text, true)},
		applet.Option{Long: "mermaid", Set: as((*graph.Graph).Mermaid, false)},
		applet.Option{Long: "dot", Set: as((*graph.Graph).Dot, false)},
		applet.Option{Long: "svg", Set: as((*graph.Graph).SVG, true)},
		applet.Option{Short: 'a', Long: "all", Set: applet.Flag(&opt.Internal)},
		applet.Option{Short: 'r', Long: "reduced", Set: applet.Flag(&reduce)},
		applet.Option{Short: 'f', Long: "full", Set: applet.Flag(&full)},
		applet.Option{Short: 'o', Long: "only", Value: true, Set: func(name string) error { opt.Only = append(opt.Only, name); return nil }})
	if err != nil {
		return err
	}
	opt.Reduced = reduce || reduced && !full
	dirs := inv.Args
	if len(dirs) == 0 {
		dirs = []string{rundir.Of(inv.Proc.Env) + "/s6-rc"}
	}
	g, err := readGraph(inv, dirs, opt)
	if err != nil {
		return err
	}
	if _, err := inv.Proc.Stdout().Write([]byte(draw(g))); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// readGraph reads what the directories hold.
func readGraph(inv *applet.Invocation, dirs []string, opt graph.Options) (*graph.Graph, error) {
	has := func(name string) bool { ok, _ := sys.Exists(sys.AT, dirs[0]+"/"+name); return ok }
	switch {
	case len(dirs) == 1 && has("compiled") && has("state"):
		return rc.LiveGraph(dirs[0], opt)
	case len(dirs) == 1 && has("resolve.cdb"):
		return rc.CompiledGraph(dirs[0], opt)
	case len(inv.Args) == 0:
		return nil, applet.Fatal(applet.ExitSystem, "%s is no live directory: name one, a compiled database, or source directories", dirs[0])
	}
	defs, problems := readSources(dirs)
	return rc.SourceGraph(inv, defs, problems, opt)
}

// readSources reads the definitions in directories: those of an image with the overlay's own.
func readSources(dirs []string) ([]*source.Definition, []source.Problem) {
	if s, ok := image.Guess(dirs); ok {
		return s.Read(nil)
	}
	tree := source.Read(dirs, nil)
	return tree.Definitions, tree.Problems
}
