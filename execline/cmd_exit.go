package execline

import "s6box/internal/applet"

var cmdExit = applet.Applet{
	Name:  "exit",
	Usage: "[ exitcode ]",
	Help: `Exits with the code modulo 256, 0 if there is none.

Exit codes: exitcode; 100 if it is no number.

Example: if { eltest -e /etc/app.conf } exit 3
`,
	Run:     runExit,
	Inline:  true,
	Instant: true,
}

func runExit(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return nil
	}
	n, ok := applet.ParseUint(inv.Args[0])
	if !ok || n >= 1<<32 {
		return inv.UsageError()
	}
	return applet.Exit(int(n & 0xff))
}
