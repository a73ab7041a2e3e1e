package rc

import "s6box/internal/applet"

// number makes a Set function for an option that takes an unsigned number; name is what messages call it.
func number(name string, p *uint64) func(string) error {
	return func(value string) error {
		n, ok := applet.ParseUint(value)
		if !ok {
			return applet.Fatal(applet.ExitUsage, "%s must be an unsigned integer: %s", name, value)
		}
		*p = n
		return nil
	}
}
