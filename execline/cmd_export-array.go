package execline

import (
	"s6box/execline/subst"
	"s6box/internal/applet"
	"s6box/internal/chain"
)

var cmdExportArray = applet.Applet{
	Name:  "export-array",
	Usage: "[ -d delim ] variable { values... } prog...",
	Help: `Sets the environment variable to the values, as netstrings, and executes prog... The command
importas -Ssd "" variable gets the values back.

  -d DELIM  put the first byte of DELIM behind each value instead

Exit codes: 100 wrong usage or a name with = in it, else prog's.

Example: export-array LIST { "a b" c } importas -Ssd "" LIST s6-echo ${LIST}
`,
	Chain: runExportArray,
}

func runExportArray(inv *applet.Invocation) ([]string, error) {
	delim := ""
	err := inv.Getopt("d:", func(opt byte, value string) error { delim = value; return nil })
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	name := inv.Args[0]
	if err := variableName(name); err != nil {
		return nil, err
	}
	values, rest, err := chain.Block(inv, inv.Args[1:], 1)
	if err != nil {
		return nil, err
	}
	if len(rest) == 0 {
		return nil, inv.UsageError()
	}
	return rest, setVariable(inv, name, string(subst.Join(values, delim, false)))
}
