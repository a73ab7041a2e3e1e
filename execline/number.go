package execline

import "s6box/internal/applet"

// fdNumber parses a descriptor number of 32 bits; anything else is a usage error. No descriptor has a number
// that large: that is for who uses it to find.
func fdNumber(inv *applet.Invocation, word string) (int, error) {
	var n uint64
	err := inv.Uint(&n)(word)
	return int(n), err
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
