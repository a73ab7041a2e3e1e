package execline

import (
	"errors"

	"s6box/execline/subst"
	"s6box/internal/applet"
	"s6box/internal/chain"
)

var cmdMultisubstitute = applet.Applet{
	Name:  "multisubstitute",
	Usage: "{ directives... } prog...",
	Help: `Performs several substitutions on prog... in parallel, then executes it. A directive is one of these commands
with its options and arguments, without a prog:

  define [ -N | -n ] [ -s ] [ -C | -c ] [ -d delim ] key value
  importas [ -i | -D default ] [ -u ] [ -N | -n ] [ -s ] [ -C | -c ] [ -d delim ] key var
  importas -S [ -i | -D default ] [ -u ] [ -N | -n ] [ -s ] [ -C | -c ] [ -d delim ] var
  elglob [ -v ] [ -w ] [ -s ] [ -m ] [ -e ] [ -0 ] [ -n ] [ -d delim ] key pattern
  elgetpositionals [ -P sharp ]
  multidefine [ -0 ] [ -r ] [ -N | -n ] [ -C | -c ] [ -d delim ] value { vars... }

Exit codes: 100 a syntax error, or a variable that -i wants; 111 a bad value; else prog's.

Example: multisubstitute { importas -S HOME define DIR /srv } cp ${HOME}/conf ${DIR}
`,
	Chain: runMultisubstitute,
}

func runMultisubstitute(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	block, rest, err := chain.Block(inv, inv.Args, 1)
	if err != nil {
		return nil, err
	}
	if len(rest) == 0 {
		return nil, inv.UsageError()
	}
	vars, unset, err := readDirectives(inv, block)
	if err != nil {
		return nil, err
	}
	argv, err := applyVars(rest, vars)
	for _, name := range unset {
		inv.Proc.Env = inv.Proc.Env.Unset(name)
	}
	return argv, err
}

// readDirectives reads the block.
func readDirectives(inv *applet.Invocation, block []string) (vars []subst.Var, unset []string, err error) {
	seen := make(map[string]bool)
	for len(block) > 0 {
		name := block[0]
		read := directiveNamed(name)
		if read == nil {
			hint := ""
			if name == "import" {
				hint = ": for import X write importas X X"
			}
			return nil, nil, applet.Fatal(applet.ExitUsage, "syntax error: unrecognized directive %s%s", name, hint)
		}
		d := &applet.Invocation{Applet: inv.Applet, Prog: inv.Prog, Args: block[1:], Proc: inv.Proc}
		def, err := read(d)
		for _, v := range def.vars {
			if v.Key == "" || seen[v.Key] {
				return nil, nil, applet.Fatal(applet.ExitUsage, "wrong key for directive %s: %s", name, badKey(append(vars, v)))
			}
			seen[v.Key] = true
			vars = append(vars, v)
		}
		if err != nil {
			return nil, nil, directiveError(name, err)
		}
		if def.unset != "" {
			unset = append(unset, def.unset)
		}
		block = d.Args
	}
	return vars, unset, nil
}

func directiveNamed(name string) directive {
	switch name {
	case "define":
		return readDefine
	case "importas":
		return readImportas
	case "elglob":
		return readElglob
	case "elgetpositionals":
		return readElgetpositionals
	case "multidefine":
		return readMultidefine
	}
	return nil
}

// directiveError tells which directive is wrong in place of the usage of the whole.
func directiveError(name string, err error) error {
	var e *applet.Error
	if errors.As(err, &e) && e.Level == "usage" {
		return applet.Fatal(applet.ExitUsage, "syntax error at directive %s", name)
	}
	return err
}
