package execline

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdFdmove = applet.Applet{
	Name:  "fdmove",
	Usage: "[ -c ] to from prog...",
	Help: `Moves descriptor from to number to and executes prog...

  -c        copy it: from stays open

Exit codes: 100 wrong usage, 111 from is not open, else prog's.

Example: fdmove -c 2 1 server
`,
	Chain: runFdmove,
}

func runFdmove(inv *applet.Invocation) ([]string, error) {
	copying := false
	err := inv.Getopt("c", func(opt byte, value string) error { copying = true; return nil })
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	to, from, err := fdNumbers(inv, inv.Args[0], inv.Args[1])
	if err != nil {
		return nil, err
	}
	switch {
	case copying && to == from:
		err = unix.EINVAL
	case copying:
		err = inv.Proc.CopyFD(to, from)
	default:
		err = inv.Proc.MoveFD(to, from)
	}
	if err != nil {
		return nil, applet.System(err, "move fd %d to fd %d", uint32(from), uint32(to))
	}
	return inv.Args[2:], nil
}
