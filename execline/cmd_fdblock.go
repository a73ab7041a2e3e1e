package execline

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdFdblock = applet.Applet{
	Name:  "fdblock",
	Usage: "[ -n ] fd prog...",
	Help: `Makes descriptor fd blocking and executes prog...

  -n        make it non-blocking

Exit codes: 100 wrong usage, 111 fd is not open, else prog's.

Example: fdblock 0 reader
`,
	Chain: runFdblock,
}

func runFdblock(inv *applet.Invocation) ([]string, error) {
	nonblock, what := false, "ndelay_off"
	err := inv.Getopt("n", func(opt byte, value string) error {
		nonblock, what = true, "ndelay_on"
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	n, err := fdNumber(inv, inv.Args[0])
	if err != nil {
		return nil, err
	}
	fd, err := inv.Proc.FD(n)
	if err == nil {
		err = unix.SetNonblock(fd, nonblock)
	}
	if err != nil {
		return nil, applet.System(err, "%s fd %d", what, n)
	}
	return inv.Args[1:], nil
}
