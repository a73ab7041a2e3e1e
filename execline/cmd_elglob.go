package execline

import (
	"s6box/execline/subst"
	"s6box/internal/applet"
)

var cmdElglob = applet.Applet{
	Name:  "elglob",
	Usage: "[ -v ] [ -w ] [ -s ] [ -m ] [ -e ] [ -0 ] [ -n ] [ -d delim ] key pattern prog...",
	Help: `Replaces ${key} in prog... by the names of the files that pattern matches, each a word, and executes it. A
pattern without a match stands for itself.

  -0        a pattern without a match stands for no word
  -s        sort the names
  -m        put a slash behind the names of directories
  -e        a backslash in pattern is a byte like any other
  -d DELIM  make it one word, the first byte of DELIM behind each name; netstrings if DELIM is empty
  -n        with -d, no DELIM behind the last name
  -v        warn of directories and files that can't be looked at
  -w        exit 111 then

Exit codes: 100 wrong usage, 111 a bad key or what -w says, else prog's.

Example: elglob -s0 CONFS /etc/app.d/*.conf app ${CONFS}
`,
	Chain: func(inv *applet.Invocation) ([]string, error) { return substitute(inv, readElglob) },
}

type elglob struct {
	verbose, strict, sorted, mark, noEscape, null, chomp, join bool
	delim                                                      string
}

func (o *elglob) set(opt byte, value string) error {
	switch opt {
	case 'v':
		o.verbose = true
	case 'w':
		o.strict = true
	case 's':
		o.sorted = true
	case 'm':
		o.mark = true
	case 'e':
		o.noEscape = true
	case '0':
		o.null = true
	case 'n':
		o.chomp = true
	case 'd':
		o.join, o.delim = true, value
	}
	return nil
}

func readElglob(inv *applet.Invocation) (definition, error) {
	var o elglob
	if err := inv.Getopt("vwsme0nd:", o.set); err != nil {
		return definition{}, err
	}
	if len(inv.Args) < 2 {
		return definition{}, inv.UsageError()
	}
	key, pattern := inv.Args[0], inv.Args[1]
	inv.Args = inv.Args[2:]
	g := globber{st: inv.Proc, noEscape: o.noEscape, mark: o.mark, onError: func(name string, err error) error {
		if o.verbose {
			inv.Warn("while globbing, error reading %s: %s", name, applet.Reason(err))
		}
		if o.strict {
			return applet.System(err, "glob %s: read %s", pattern, name)
		}
		return nil
	}}
	names, err := g.glob(pattern, o.sorted)
	if err != nil {
		return definition{}, err
	}
	if len(names) == 0 && !o.null {
		names = []string{pattern}
	}
	if o.join {
		names = []string{string(subst.Join(names, o.delim, o.chomp))}
	}
	return definition{vars: []subst.Var{{Key: key, Values: names}}}, nil
}
