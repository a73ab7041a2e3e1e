package utils

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Chmod = applet.Applet{
	Name:  "s6-chmod",
	Usage: "mode file",
	Help: `Changes the permissions of a file to mode, an octal number.

Exit codes: 100 mode is no octal number, 111 they can't be changed.

Example: s6-chmod 0750 /var/lib/app
`,
	Run: runChmod,
}

func runChmod(inv *applet.Invocation) error {
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	mode, err := octal(inv, inv.Args[0])
	if err != nil {
		return err
	}
	if err := unix.Chmod(inv.Args[1], mode); err != nil {
		return applet.System(err, "change mode of %s", inv.Args[1])
	}
	return nil
}

// octal reads permissions; of a file's whole mode, as stat and git show it, the kernel takes what it needs.
func octal(inv *applet.Invocation, text string) (uint32, error) {
	mode, err := strconv.ParseUint(text, 8, 32)
	if err != nil {
		return 0, inv.UsageError()
	}
	return uint32(mode), nil
}
