package withcontenv

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdPrintcontenv = applet.Applet{
	Name:  "printcontenv",
	Usage: "variable",
	Help: `Prints the value of a variable of the container environment, and a newline. With S6_KEEP_ENV set to a
number other than 0 it prints the variable of its own environment.

Exit codes: 2 the variable is not set.

Example: backtick -D UTC TZ { printcontenv TZ } importas TZ TZ s6-echo $TZ
`,
	Run:    runPrintcontenv,
	Inline: true,
}

func runPrintcontenv(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return applet.Fatal(applet.ExitUsage, "too few arguments")
	}
	name := inv.Args[0]
	value, set := inv.Proc.Env.Get(name)
	if !keepsEnv(inv.Proc.Env) {
		var err error
		value, err = Lookup(Dir(inv.Proc.Env), name)
		if set = err == nil; !set && err != unix.ENOENT {
			return applet.System(err, "read %s/%s", Dir(inv.Proc.Env), name)
		}
	}
	if !set {
		const exitUnset = 2
		return applet.Exit(exitUnset)
	}
	if _, err := inv.Proc.Stdout().Write([]byte(value + "\n")); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}
