package execline

import "s6box/internal/applet"

const cdHelp = `Changes the working directory and executes prog...

Exit codes: 100 wrong usage, 111 the directory can't be entered, else prog's.

Example: cd /srv server
`

var (
	cmdCd         = applet.Applet{Name: "cd", Usage: "path prog...", Help: cdHelp, Chain: runCd}
	cmdExeclineCd = applet.Applet{Name: "execline-cd", Usage: "path prog...", Help: cdHelp, Chain: runCd}
)

func runCd(inv *applet.Invocation) ([]string, error) {
	inv.Prog = "execline-cd" // upstream's name for both
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.Chdir(inv.Args[0]); err != nil {
		return nil, applet.System(err, "chdir to %s", inv.Args[0])
	}
	return inv.Args[1:], nil
}
