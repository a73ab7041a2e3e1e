package execline

import (
	"strconv"

	"s6box/internal/applet"
)

// fdNumber parses a descriptor number; anything else is a usage error.
func fdNumber(inv *applet.Invocation, word string) (int, error) {
	n, ok := applet.ParseUint(word)
	if !ok || n > 1<<31-1 {
		return 0, inv.UsageError()
	}
	return int(n), nil
}

// fdNumbers parses two.
func fdNumbers(inv *applet.Invocation, a, b string) (int, int, error) {
	m, err := fdNumber(inv, a)
	if err != nil {
		return 0, 0, err
	}
	n, err := fdNumber(inv, b)
	return m, n, err
}

// setInt sets the environment variable to a number in decimal.
func setInt(inv *applet.Invocation, name string, n int) {
	inv.Proc.Env = inv.Proc.Env.Set(name, strconv.Itoa(n))
}

// autoimport is what follows a command that stores into a variable: with -E, the variable is taken out of
// the environment again and put into prog...
func autoimport(wanted bool, variable string, prog []string) []string {
	if !wanted {
		return prog
	}
	return append([]string{"importas", "-uSi", variable}, prog...)
}
