package ucspi

import (
	"strconv"

	"s6box/internal/applet"
	"s6box/internal/identity"
)

// Binder makes the command line that binds a socket and drops privileges in front of a server.
type Binder struct {
	Command string
	Args    []string
	ids     []string
}

// Identity takes the options -G, -g, -u and -U, as s6-applyuidgid has them.
func (b *Binder) Identity(inv *applet.Invocation, opt byte, value string) error {
	switch opt {
	case 'U':
		b.ids = append(b.ids, "-U")
	case 'G':
		if _, ok := identity.ParseGids(value); !ok { // before anything is bound
			return inv.UsageError()
		}
		b.ids = append(b.ids, "-G", value)
	default:
		return NumberFor(inv, &b.ids, opt, value)
	}
	return nil
}

// Line is the command line that binds to an address and then runs the server.
func (b *Binder) Line(address, server []string) []string {
	line := append([]string{b.Command}, b.Args...)
	line = append(append(line, "--"), address...)
	if len(b.ids) > 0 {
		line = append(append(append(line, "s6-applyuidgid", "-z"), b.ids...), "--")
	}
	return append(line, server...)
}

// LimitFor passes a limit of connections on. It is at least 1; for the server itself, -C 0 lets nobody in.
func LimitFor(inv *applet.Invocation, args *[]string, opt byte, value string) error {
	var n uint64
	if err := inv.Uint(&n)(value); err != nil {
		return err
	}
	*args = append(*args, "-"+string(opt), strconv.FormatUint(max(n, 1), 10))
	return nil
}

// NumberFor passes an option with a number of 32 bits on.
func NumberFor(inv *applet.Invocation, args *[]string, opt byte, value string) error {
	var n uint64
	if err := inv.Uint(&n)(value); err != nil {
		return err
	}
	*args = append(*args, "-"+string(opt), value)
	return nil
}
