package execline

import (
	"strconv"

	"s6box/execline/pattern"
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/posixre"
)

var cmdCase = applet.Applet{
	Name:  "case",
	Usage: "[ -S | -s ] [ -E | -e ] [ -i ] [ -n | -N ] value { regex { prog... } regex { prog... } ... } progdefault...",
	Help: `Goes on with the block behind the first regular expression that matches all of value, or with progdefault.

  -E   the expressions are extended ones (default)
  -e   they are basic ones
  -i   letters match in either case
  -N   sets the variable 0 to the expression that matched, # to the number of its groups, and 1, 2... to what
       they matched
  -n   does not (default)
  -S   regular expressions (default)
  -s   shell patterns; then the other options mean:
  -E   a backslash escapes (default)          -e   it is a character like any other
  -n   * and ? match slashes (default)        -N   they don't
  -i   a dot in front is matched by a dot only

Exit codes: 0 if nothing matches and there is no progdefault, 100 for a malformed block or expression, else those
of the program.

Example: case -- ${ACTION} { start|restart { s6-svc -r . } stop { s6-svc -d . } } s6-echo unknown action
`,
	Chain: runCase,
}

// matcher are the options of case: how to match a value.
type matcher struct{ shell, plain, fold, export bool }

func (m *matcher) set(opt byte, _ string) error {
	switch opt {
	case 's', 'S':
		m.shell = opt == 's'
	case 'e', 'E':
		m.plain = opt == 'e'
	case 'n', 'N':
		m.export = opt == 'N'
	case 'i':
		m.fold = true
	}
	return nil
}

func runCase(inv *applet.Invocation) ([]string, error) {
	var m matcher
	if err := inv.Getopt("sSeEinN", m.set); err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	value := inv.Args[0]
	inv.Args = inv.Args[1:]
	directives, err := takeBlock(inv, 1, "case")
	if err != nil {
		return nil, err
	}
	for n := 2; len(directives) > 0; n++ {
		expr := directives[0]
		if len(directives) == 1 {
			return nil, applet.Fatal(applet.ExitUsage, "malformed case block: no block behind %s", expr)
		}
		var block []string
		block, directives, err = chain.NamedBlock(inv, directives[1:], n, "regex")
		if err != nil {
			return nil, err
		}
		if matched, err := m.match(inv, expr, value); matched || err != nil {
			return block, err
		}
	}
	return inv.Args, nil
}

func (m *matcher) match(inv *applet.Invocation, expr, value string) (bool, error) {
	if m.shell {
		return pattern.Fnmatch(expr, value, m.patternFlags()), nil
	}
	var flags posixre.Flags
	if m.plain {
		flags |= posixre.Basic
	}
	if m.fold {
		flags |= posixre.FoldCase
	}
	re, err := posixre.Compile("^"+expr+"$", flags)
	if err != nil {
		return false, applet.Fatal(applet.ExitUsage, "unable to regcomp \"%s\": %v", expr, err)
	}
	groups := re.Find(value) // the longest of those that begin first; the anchors miss out on alternatives
	if groups == nil || groups[0] != [2]int{0, len(value)} {
		return false, nil
	}
	if m.export {
		exportGroups(inv, expr, value, groups)
	}
	return true, nil
}

func (m *matcher) patternFlags() (flags pattern.Flags) {
	if m.plain {
		flags |= pattern.NoEscape
	}
	if m.export {
		flags |= pattern.Pathname
	}
	if m.fold {
		flags |= pattern.Period
	}
	return flags
}

func exportGroups(inv *applet.Invocation, expr, value string, groups [][2]int) {
	env := inv.Proc.Env.Set("#", strconv.Itoa(len(groups)-1)).Set("0", expr)
	for i, g := range groups[1:] {
		part := ""
		if g[0] >= 0 {
			part = value[g[0]:g[1]]
		}
		env = env.Set(strconv.Itoa(i+1), part)
	}
	inv.Proc.Env = env
}
