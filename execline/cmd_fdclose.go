package execline

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdFdclose = applet.Applet{
	Name:  "fdclose",
	Usage: "fd prog...",
	Help: `Closes descriptor fd, if it is open, and executes prog...

Exit codes: 100 wrong usage, else prog's.

Example: fdclose 0 server
`,
	Chain: runFdclose,
}

func runFdclose(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	fd, err := fdNumber(inv, inv.Args[0])
	if err != nil {
		return nil, err
	}
	if err := inv.Proc.CloseFD(fd); err != nil && err != unix.EBADF {
		return nil, applet.System(err, "close fd %d", fd)
	}
	return inv.Args[1:], nil
}
