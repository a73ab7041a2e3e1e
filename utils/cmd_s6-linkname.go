package utils

import (
	"os"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Linkname = applet.Applet{
	Name:  "s6-linkname",
	Usage: "[ -n ] [ -f ] link",
	Help: `Prints what a symbolic link holds.

  -f  resolve the path whole, link or not, and print that
  -n  no newline at the end

Exit codes: 111 path is no link, or leads nowhere.

Example: s6-linkname -f /etc/localtime
`,
	Run: runLinkname,
}

func runLinkname(inv *applet.Invocation) error {
	whole, end := false, "\n"
	err := inv.Getopt("fn", func(opt byte, _ string) error {
		if opt == 'f' {
			whole = true
		} else {
			end = ""
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	read := os.Readlink
	if whole {
		read = sys.RealPath
	}
	text, err := read(inv.Args[0])
	if err != nil {
		return applet.System(err, "resolve %s", inv.Args[0])
	}
	return print(inv, text+end)
}
