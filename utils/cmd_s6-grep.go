package utils

import (
	"bytes"
	"strconv"

	"s6box/internal/applet"
	"s6box/internal/lines"
)

var cmdS6Grep = applet.Applet{
	Name:  "s6-grep",
	Usage: "[ -E | -F ] [ -i ] [ -c ] [ -n ] [ -q ] [ -v ] pattern",
	Help: `Prints the lines of stdin that match pattern, a basic regular expression.

  -E  pattern is an extended regular expression
  -F  pattern is a string, to be found as it is
  -i  letters match in either case
  -v  the lines that don't match
  -n  number the lines: the number and a colon in front
  -c  print how many there are instead
  -q  print nothing

Exit codes: 0 there was one, 1 there was none, 111 pattern can't be compiled, or reading or writing failed.

Example: s6-grep -v "^#" </etc/hosts
`,
	Run: runGrep,
}

// exitNoMatch is the exit code if no line was selected.
const exitNoMatch = 1

type grep struct {
	match                 func(line []byte) bool
	invert, number, quiet bool
	read, selected        uint64 // lines
}

func runGrep(inv *applet.Invocation) error {
	var g grep
	var kind patternKind
	count := false
	err := inv.Getopt("EFicnqv", func(opt byte, _ string) error {
		switch opt {
		case 'E':
			kind.extended = true
		case 'F':
			kind.fixed = true
		case 'i':
			kind.fold = true
		case 'c':
			count = true
		case 'n':
			g.number = true
		case 'q':
			g.quiet = true
		case 'v':
			g.invert = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if g.match, err = kind.matcher(inv.Args[0]); err != nil {
		return applet.System(err, "compile regular expression %s", inv.Args[0])
	}
	quiet := g.quiet
	g.quiet = quiet || count
	if err := lines.Filter(inv, g.line); err != nil {
		return err
	}
	if count && !quiet {
		if err := print(inv, strconv.FormatUint(g.selected, 10)+"\n"); err != nil {
			return err
		}
	}
	if g.selected == 0 {
		return applet.Exit(exitNoMatch)
	}
	return nil
}

// line prints a line if it is to be.
func (g *grep) line(out, line []byte) ([]byte, error) {
	line, _ = bytes.CutSuffix(line, []byte{'\n'})
	g.read++
	if g.match(line) == g.invert {
		return out, nil
	}
	g.selected++
	if g.quiet {
		return out, nil
	}
	if g.number {
		out = append(strconv.AppendUint(out, g.read, 10), ':')
	}
	return append(append(out, line...), '\n'), nil
}
