package execline

import (
	"slices"

	"s6box/internal/applet"

	"s6box/execline/subst"
)

// transformSpec are the options that setTransform knows: those of every command that substitutes a value.
const transformSpec = "sCcNnd:"

// setTransform applies an option of transformSpec to t; others it leaves alone. See the page el_transform.
func setTransform(t *subst.Transform, opt byte, value string) {
	switch opt {
	case 's':
		t.Split = true
	case 'C':
		t.Crunch = true
	case 'c':
		t.Crunch = false
	case 'n':
		t.Chomp = true
	case 'N':
		t.Chomp = false
	case 'd':
		t.Delim = value
	}
}

// definition is what a directive defines.
type definition struct {
	vars  []subst.Var
	unset string // an environment variable that goes when all directives are read, or ""
}

// directive takes options and arguments off inv.Args, as a command that substitutes or as a part of
// multisubstitute, and changes nothing else. With an error, the definition has the key that it is about, if it came
// to that: multisubstitute takes a bad key for the graver error.
type directive func(inv *applet.Invocation) (definition, error)

// substitute runs a command made of one directive.
func substitute(inv *applet.Invocation, read directive) ([]string, error) {
	def, err := read(inv)
	if err != nil {
		return nil, err
	}
	argv, err := applyVars(inv.Args, def.vars)
	if err == nil && def.unset != "" {
		inv.Proc.Env = inv.Proc.Env.Unset(def.unset)
	}
	return argv, err
}

func applyVars(argv []string, vars []subst.Var) ([]string, error) {
	argv, err := subst.Apply(argv, vars...)
	if err == subst.ErrKey {
		return nil, applet.Fatal(applet.ExitSystem, "%v: %s", err, badKey(vars))
	}
	if err != nil {
		return nil, applet.System(err, "substitute")
	}
	return argv, nil
}

// badKey is the first key that is empty or was there before, quoted.
func badKey(vars []subst.Var) string {
	for i, v := range vars {
		if v.Key != "" && slices.ContainsFunc(vars[:i], func(w subst.Var) bool { return w.Key == v.Key }) {
			return v.Key + " is defined twice"
		}
	}
	return "it is empty"
}

// transformed is the variable key with the values that t makes of value.
func transformed(key, value string, t subst.Transform) (definition, error) {
	values, err := t.Apply(value)
	if err != nil {
		return defined(key, nil), applet.System(err, "split the value of %s as netstrings", key)
	}
	return defined(key, values), nil
}

func defined(key string, values []string) definition {
	return definition{vars: []subst.Var{{Key: key, Values: values}}}
}
