package execline

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/execline/subst"
	"s6box/internal/applet"
	"s6box/internal/chain"
)

var cmdElgetpositionals = applet.Applet{
	Name:  "elgetpositionals",
	Usage: "[ -P sharp ] prog...",
	Help: `Replaces the positional parameters that execlineb left in the environment: ${#} by their number, ${0} by the
name of the script, ${1}... by each, ${@} by all, as one word each. Then executes prog...

  -P N      replace at least ${0} to ${N}; those that are not there by the empty word

Exit codes: 100 wrong usage or no valid parameters in the environment, else prog's.

Example: elgetpositionals foreground { s6-echo ${0} got ${#} } prog ${@}
`,
	Chain: func(inv *applet.Invocation) ([]string, error) { return substitute(inv, readElgetpositionals) },
}

func readElgetpositionals(inv *applet.Invocation) (definition, error) {
	least := uint64(0)
	err := inv.Getopt("P:", func(opt byte, value string) error { return inv.Uint(&least)(value) })
	if err != nil {
		return definition{}, err
	}
	n, err := frameSize(inv)
	if err != nil {
		return definition{}, err
	}
	if least > uint64(n) {
		if err := chain.Strict(inv, "too few arguments: expected at least %d but got %d", least, n); err != nil {
			return definition{}, err
		}
	}
	zero, args, err := frame(inv)
	if err != nil {
		return definition{}, err
	}
	upTo, err := positionals(least)
	if err != nil {
		return definition{}, err
	}
	return definition{vars: positionalVars(zero, args, args, upTo)}, nil
}

// positionals checks how many parameters -P and -S ask for: more than a million would keep the command busy for
// seconds, and don't fit in a command line.
func positionals(n uint64) (int, error) {
	if n > 1<<20 {
		return 0, applet.System(unix.ENOMEM, "substitute %d positional parameters", n)
	}
	return int(n), nil
}

// positionalVars are the substitutions of a frame: at least ${0} to ${least}, and ${@} for rest.
func positionalVars(zero string, args, rest []string, least int) []subst.Var {
	vars := make([]subst.Var, 0, 3+max(len(args), least))
	vars = append(vars, subst.One("#", strconv.Itoa(len(args))), subst.One("0", zero), subst.Var{Key: "@", Values: rest})
	for i := 1; i <= max(len(args), least); i++ {
		v := subst.Var{Key: strconv.Itoa(i), Values: empty}
		if i <= len(args) {
			v.Values = args[i-1 : i]
		}
		vars = append(vars, v)
	}
	return vars
}

var empty = []string{""}
