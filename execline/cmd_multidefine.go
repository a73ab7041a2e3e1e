package execline

import (
	"errors"

	"s6box/execline/subst"
	"s6box/internal/applet"
	"s6box/internal/chain"
)

var cmdMultidefine = applet.Applet{
	Name:  "multidefine",
	Usage: "[ -0 ] [ -r ] [ -N | -n ] [ -C | -c ] [ -d delim ] value { vars... } prog...",
	Help: `Splits value and replaces the variables in prog... by its words, one each, in parallel. An empty variable
name passes over a word.

  -0        a variable without a word stands for no word; without -0, for the empty one
  -r        the last variable gets all the words that are left
` + transformHelp + `
Exit codes: 100 wrong usage, 111 a bad key or value, else prog's.

Example: multidefine -d : root:x:0:0 { NAME "" ID } s6-echo ${NAME} has uid ${ID}
`,
	Chain: func(inv *applet.Invocation) ([]string, error) { return substitute(inv, readMultidefine) },
}

func readMultidefine(inv *applet.Invocation) (definition, error) {
	t := subst.Transform{Delim: subst.Blank}
	var none, rest bool
	err := inv.Getopt("0rCcNnd:", func(opt byte, value string) error {
		switch opt {
		case '0':
			none = true
		case 'r':
			rest = true
		default:
			setTransform(&t, opt, value)
		}
		return nil
	})
	if err != nil {
		return definition{}, err
	}
	if len(inv.Args) < 2 {
		return definition{}, inv.UsageError()
	}
	t.Split = true
	value := inv.Args[0]
	names, remainder, err := chain.Block(inv, inv.Args[1:], 1)
	switch {
	case errors.Is(err, chain.ErrNoEnd):
		return definition{}, inv.UsageError()
	case err != nil:
		return definition{}, err
	case len(names) == 0:
		return definition{}, applet.Fatal(applet.ExitUsage, "empty block")
	}
	inv.Args = remainder
	words, err := t.Apply(value)
	if err != nil {
		return definition{}, applet.System(err, "split %s as netstrings", value)
	}
	return definition{vars: assign(names, words, none, rest)}, nil
}

// assign gives each name the word of its place.
func assign(names, words []string, none, rest bool) []subst.Var {
	var vars []subst.Var
	for i, name := range names {
		v := subst.Var{Key: name}
		switch {
		case i < len(words) && rest && i == len(names)-1:
			v.Values = words[i:]
		case i < len(words):
			v.Values = words[i : i+1]
		case !none:
			v.Values = []string{""}
		}
		if name != "" {
			vars = append(vars, v)
		}
	}
	return vars
}
