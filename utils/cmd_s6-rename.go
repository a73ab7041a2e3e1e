package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Rename = applet.Applet{
	Name:  "s6-rename",
	Usage: "old new",
	Help: `Renames a file at once: there is no moment without a file called new, if there was one.

Exit codes: 111 it can't be renamed.

Example: s6-rename app.conf.new app.conf
`,
	Run: runRename,
}

func runRename(inv *applet.Invocation) error {
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	if err := unix.Rename(inv.Args[0], inv.Args[1]); err != nil {
		return applet.System(err, "rename %s to %s", inv.Args[0], inv.Args[1])
	}
	return nil
}
