package execline

import (
	"strconv"

	"s6box/internal/applet"
)

const umaskHelp = `Sets the file creation mask to the octal number value and executes prog...

Exit codes: 100 wrong usage, else prog's.

Example: umask 077 redirfd -w 1 secret s6-echo hidden
`

var (
	cmdUmask         = applet.Applet{Name: "umask", Usage: "value prog...", Help: umaskHelp, Chain: runUmask}
	cmdExeclineUmask = applet.Applet{Name: "execline-umask", Usage: "value prog...", Help: umaskHelp, Chain: runUmask}
)

func runUmask(inv *applet.Invocation) ([]string, error) {
	inv.Prog = "execline-umask" // upstream's name for both
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	mask, err := strconv.ParseUint(inv.Args[0], 8, 32)
	if err != nil {
		return nil, inv.UsageError()
	}
	inv.Proc.Umask(int(mask & 0o777))
	return inv.Args[1:], nil
}
