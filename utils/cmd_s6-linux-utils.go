package utils

import "s6box/internal/applet"

var cmdS6LinuxUtils = applet.Applet{
	Name:  "s6-linux-utils",
	Usage: "subcommand [ arguments... ]",
	Help: `Runs the command of s6-linux-utils named subcommand.

Exit codes: 100 wrong usage or an unknown subcommand, else the subcommand's.

Example: s6-linux-utils s6-hostname
`,
	Chain: func(inv *applet.Invocation) ([]string, error) { return multicall(inv, inv.Name) },
	Waits: true, // as s6-logwatch does
}
