package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Sync = applet.Applet{
	Name:  "s6-sync",
	Usage: "",
	Help: `Has the kernel write all that waits to be written to disk, and waits for it.

Exit codes: always 0.

Example: s6-sync
`,
	Run: runSync,
}

func runSync(*applet.Invocation) error {
	unix.Sync()
	return nil
}
