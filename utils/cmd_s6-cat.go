package utils

import (
	"io"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdS6Cat = applet.Applet{
	Name:  "s6-cat",
	Usage: "",
	Help: `Copies stdin to stdout. Arguments are not looked at.

Exit codes: 111 reading or writing failed.

Example: s6-cat </etc/hostname
`,
	Run: runCat,
}

func runCat(inv *applet.Invocation) error { return copyStdin(inv, inv.Proc.Stdout(), "stdout") }

// copyStdin writes stdin, up to its end, to out, which is called name.
func copyStdin(inv *applet.Invocation, out proc.FD, name string) error {
	in := inv.Proc.Stdin()
	buf := make([]byte, 1<<16)
	for {
		n, err := in.Read(buf)
		if _, err := out.Write(buf[:n]); err != nil {
			return applet.System(err, "write to %s", name)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return applet.System(err, "read from stdin")
		}
	}
}
