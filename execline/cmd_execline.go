package execline

import "s6box/internal/applet"

var cmdExecline = applet.Applet{
	Name:  "execline",
	Usage: "subcommand [ arguments... ]",
	Help: `Runs the execline command named subcommand.

Exit codes: 100 wrong usage or an unknown subcommand, else the subcommand's.

Example: execline cd / ls
`,
	Chain: runExecline,
	Waits: true, // as some subcommands do
}

func runExecline(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	a := applet.Lookup(inv.Args[0])
	if a == nil {
		return nil, applet.Fatal(applet.ExitUsage, "unknown subcommand: %s", inv.Args[0])
	}
	return inv.Become(a)
}
