package utils

import (
	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Hiercopy = applet.Applet{
	Name:  "s6-hiercopy",
	Usage: "src dst",
	Help: `Copies a file, or a directory with all that is in it, to dst: contents, permissions and, for root, owners;
symbolic links as links, fifos and devices as such. A dst that is a directory is filled. Files that are there
are overwritten; links, fifos and devices in a directory stay. What can't be copied is told, and the rest is copied all the same.

Exit codes: 111 something could not be copied.

Example: s6-hiercopy /etc/skel /run/image
`,
	Run: runHiercopy,
}

func runHiercopy(inv *applet.Invocation) error {
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	from, to := inv.Args[0], inv.Args[1]
	var whole error
	err := sys.MergeTree(sys.AT, from, sys.AT, to, func(path string, err error) {
		inv.Warn("unable to copy %s%s to %s%s: %s", from, path, to, path, applet.Reason(err))
		whole = applet.Exit(applet.ExitSystem)
	})
	if err != nil {
		return applet.System(err, "copy hierarchy from %s to %s", from, to)
	}
	return whole
}
