package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Rmrf = applet.Applet{
	Name:  "s6-rmrf",
	Usage: "file ...",
	Help: `Removes files and directories with all that is in them. What is not there is no error.

Exit codes: 111 something can't be removed.

Example: s6-rmrf /run/app
`,
	Run: runRmrf,
}

func runRmrf(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	for _, name := range inv.Args {
		if err := sys.RemoveAll(sys.AT, name); err != nil && err != unix.ENOENT {
			return applet.System(err, "remove %s", name)
		}
	}
	return nil
}
