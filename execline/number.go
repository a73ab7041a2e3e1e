package execline

import "s6box/internal/applet"

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
