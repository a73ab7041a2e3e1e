package utils

import (
	"slices"
	"strings"

	"s6box/internal/applet"
)

func init() {
	applet.Register(&applet.Applet{
		Name:  "s6-portable-utils",
		Usage: "subcommand [ arguments... ]",
		Help: `Runs the command of s6-portable-utils named subcommand.

Exit codes: 100 wrong usage or an unknown subcommand, else the subcommand's.

Example: s6-portable-utils s6-echo hello
`,
		Chain: func(inv *applet.Invocation) ([]string, error) { return multicall(inv, portableUtils) },
		Waits: true, // as some subcommands do
	})
}

const portableUtils = `
	s6-basename s6-cat s6-chmod s6-chown s6-clock s6-cut s6-dirname s6-dumpenv s6-echo s6-env s6-expr s6-false
	s6-format-filter s6-grep s6-head s6-hiercopy s6-linkname s6-ln s6-ls s6-maximumtime s6-mkdir s6-mkfifo s6-nice
	s6-nuke s6-pause s6-portable-utils s6-printenv s6-quote s6-quote-filter s6-rename s6-rmrf s6-seq s6-sleep s6-sort
	s6-sync s6-tai64ndiff s6-tail s6-touch s6-true s6-uniquename s6-unquote s6-unquote-filter s6-update-symlinks
	seekablepipe`

// multicall runs the command that the first word names, if it is one of names.
func multicall(inv *applet.Invocation, names string) ([]string, error) {
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	name := inv.Args[0]
	a := applet.Lookup(name)
	if a == nil || !slices.Contains(strings.Fields(names), name) {
		return nil, applet.Fatal(applet.ExitUsage, "unknown subcommand: %s", name)
	}
	return inv.Become(a)
}
