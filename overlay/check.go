package overlay

import (
	"fmt"
	"path"
	"slices"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/overlay/image"
	"s6box/rc/compile"
	"s6box/rc/lint"
	"s6box/rc/source"
)

// trees checks source directories. The error is for what can't be checked.
func (c *check) trees(dirs []string) error {
	if len(dirs) == 0 {
		return nil
	}
	for _, dir := range dirs {
		if definition(dir) {
			return applet.Fatal(applet.ExitUsage, "%s is the definition of one service: name the directory that it is in", dir)
		}
	}
	t, problems := c.read(dirs)
	found := lint.Check(t, c.without)
	code := 0
	for _, p := range problems {
		rule := ""
		if p.Severity == source.Notice {
			rule = "script"
		}
		if p.Severity == source.System && slices.Contains(dirs, p.At.File) {
			code = applet.ExitSystem
		}
		if rule == "" || !slices.Contains(c.without, rule) {
			found = append(found, lint.Finding{Problem: p, Rule: rule})
		}
	}
	lint.Sort(found)
	for _, f := range found {
		c.print(f)
	}
	return applet.Exit(code)
}

// definition tells whether a directory defines one service rather than holding definitions.
func definition(dir string) bool {
	is := func(name string, kind uint32) bool {
		var st unix.Stat_t
		return unix.Stat(dir+"/"+name, &st) == nil && st.Mode&unix.S_IFMT == kind
	}
	return is("type", unix.S_IFREG) || is("run", unix.S_IFREG) || is("up", unix.S_IFREG) ||
		is("contents.d", unix.S_IFDIR) || is("dependencies.d", unix.S_IFDIR)
}

// read reads and compiles the trees. What is looked at is what they hold, without the overlay's own services.
func (c *check) read(dirs []string) (*lint.Tree, []source.Problem) {
	s, isImage := image.Guess(dirs)
	if c.kind != 0 {
		isImage = c.kind == 'i'
	}
	t := &lint.Tree{}
	var defs []*source.Definition
	var problems []source.Problem
	if isImage {
		defs, problems = s.Read(nil)
		t.Roots = s.Roots()
	} else {
		tree := source.Read(dirs, nil)
		defs, problems = tree.Definitions, tree.Problems
		s.Services = dirs
	}
	for _, d := range defs {
		if slices.Contains(s.Services, path.Dir(d.Dir)) {
			t.Definitions = append(t.Definitions, d)
		}
	}
	result := compile.Compile(defs, compile.Options{})
	if isImage && !source.Failed(problems) {
		t.Started = result.DB
	}
	return t, append(problems, result.Problems...)
}

// print writes a finding as compilers do, so that editors and forges find the place.
func (c *check) print(f lint.Finding) {
	severity := "warning"
	if f.Severity >= source.Fatal {
		severity = "error"
	}
	rule := ""
	if f.Rule != "" {
		rule = " [" + f.Rule + "]"
	}
	fmt.Fprintf(&c.out, "%s: %s: %s%s\n", f.At, severity, f.Problem, rule)
}
