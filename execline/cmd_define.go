package execline

import (
	"s6box/execline/subst"
	"s6box/internal/applet"
)

// transformHelp documents transformSpec without -s.
const transformHelp = `  -C        crunch: make one of several delimiters in a row (-c: don't, the default)
  -n        chomp: drop one delimiter at the end (-N: don't, the default)
  -d DELIM  what delimits words: any byte of DELIM; blanks by default; netstrings if DELIM is empty
`

var cmdDefine = applet.Applet{
	Name:  "define",
	Usage: "[ -N | -n ] [ -s ] [ -C | -c ] [ -d delim ] key value prog...",
	Help: `Replaces ${key} in prog... by value and executes it.

  -s        split value into words
` + transformHelp + `
Exit codes: 100 wrong usage, 111 a bad key or value, else prog's.

Example: define -s FILES "a b" cp ${FILES} /backup
`,
	Chain: func(inv *applet.Invocation) ([]string, error) { return substitute(inv, readDefine) },
}

func readDefine(inv *applet.Invocation) (definition, error) {
	t := subst.Transform{Delim: subst.Blank}
	err := inv.Getopt(transformSpec, func(opt byte, value string) error {
		setTransform(&t, opt, value)
		return nil
	})
	if err != nil {
		return definition{}, err
	}
	if len(inv.Args) < 2 {
		return definition{}, inv.UsageError()
	}
	key, value := inv.Args[0], inv.Args[1]
	inv.Args = inv.Args[2:]
	return transformed(key, value, t)
}
