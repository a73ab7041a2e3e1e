package execline

import (
	"strings"

	"s6box/internal/applet"
)

var cmdExport = applet.Applet{
	Name:  "export",
	Usage: "variable value prog...",
	Help: `Sets the environment variable to value and executes prog...

Exit codes: 100 wrong usage or a name with = in it, else prog's.

Example: export LANG C sort words
`,
	Chain: runExport,
}

var cmdUnexport = applet.Applet{
	Name:  "unexport",
	Usage: "variable prog...",
	Help: `Removes the variable from the environment and executes prog...

Exit codes: 100 wrong usage or a name with = in it, else prog's.

Example: unexport PASSWORD server
`,
	Chain: runUnexport,
}

func runExport(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	return inv.Args[2:], setVariable(inv, inv.Args[0], inv.Args[1])
}

func runUnexport(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	if err := variableName(inv.Args[0]); err != nil {
		return nil, err
	}
	inv.Proc.Env = inv.Proc.Env.Unset(inv.Args[0])
	return inv.Args[1:], nil
}

func setVariable(inv *applet.Invocation, name, value string) error {
	if err := variableName(name); err != nil {
		return err
	}
	inv.Proc.Env = inv.Proc.Env.Set(name, value)
	return nil
}

func variableName(name string) error {
	if strings.Contains(name, "=") {
		return applet.Fatal(applet.ExitUsage, "invalid variable name: %s", name)
	}
	return nil
}
