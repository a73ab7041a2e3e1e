package utils

import (
	"s6box/internal/applet"
	"s6box/internal/upstream"
)

var cmdS6PortableUtils = applet.Applet{
	Name:  "s6-portable-utils",
	Usage: "subcommand [ arguments... ]",
	Help: `Runs the command of s6-portable-utils named subcommand.

Exit codes: 100 wrong usage or an unknown subcommand, else the subcommand's.

Example: s6-portable-utils s6-echo hello
`,
	Chain: func(inv *applet.Invocation) ([]string, error) { return multicall(inv, inv.Name) },
	Waits: true, // as some subcommands do
}

// multicall runs the command that the first word names, if it belongs to the package.
func multicall(inv *applet.Invocation, pack string) ([]string, error) {
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	name := inv.Args[0]
	a := applet.Lookup(name)
	if a == nil || !upstream.Has(pack, name) {
		return nil, applet.Fatal(applet.ExitUsage, "unknown subcommand: %s", name)
	}
	return inv.Become(a)
}
