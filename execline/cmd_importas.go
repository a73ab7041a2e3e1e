package execline

import (
	"s6box/execline/subst"
	"s6box/internal/applet"
)

var cmdImportas = applet.Applet{
	Name:  "importas",
	Usage: "[ -i | -D default ] [ -u ] [ -N | -n ] [ -s ] [ -C | -c ] [ -d delim ] [ -S ] key var prog...",
	Help: `Replaces ${key} in prog... by the value of the environment variable var and executes it. A word that holds
${key} is removed when var is not set.

  -S        key is var too: there is one argument for both, importas -S var prog...
  -i        insist: exit 100 if var is not set
  -D VALUE  the value if var is not set
  -u        unset var
  -s        split the value into words
` + transformHelp + `
Exit codes: 100 wrong usage or a variable that -i wants, 111 a bad key or value, else prog's.

Example: importas -D 8080 -S PORT server --port ${PORT}
`,
	Chain: func(inv *applet.Invocation) ([]string, error) { return substitute(inv, readImportas) },
}

type importas struct {
	subst.Transform
	insist, unset, same, hasDefault bool
	fallback                        string
}

func readImportas(inv *applet.Invocation) (definition, error) {
	o := importas{Transform: subst.Transform{Delim: subst.Blank}}
	if err := inv.Getopt("iD:uS"+transformSpec, o.set); err != nil {
		return definition{}, err
	}
	need := 2
	if o.same {
		need = 1
	}
	if len(inv.Args) < need {
		return definition{}, inv.UsageError()
	}
	key, name := inv.Args[0], inv.Args[need-1]
	inv.Args = inv.Args[need:]
	value, ok := inv.Proc.Env.Get(name)
	switch {
	case !ok && o.insist && key != "": // a bad key is the graver error
		return defined(key, nil), applet.Fatal(applet.ExitUsage, "%s not set", name)
	case !ok && !o.hasDefault:
		return defined(key, nil), nil
	case !ok:
		value = o.fallback
	}
	def, err := transformed(key, value, o.Transform)
	if o.unset {
		def.unset = name
	}
	return def, err
}

func (o *importas) set(opt byte, value string) error {
	switch opt {
	case 'i':
		o.insist = true
	case 'D':
		o.hasDefault, o.fallback = true, value
	case 'u':
		o.unset = true
	case 'S':
		o.same = true
	default:
		setTransform(&o.Transform, opt, value)
	}
	return nil
}
