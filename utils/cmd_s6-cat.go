package utils

import (
	"io"

	"s6box/internal/applet"
)

func init() {
	applet.Register(&applet.Applet{
		Name:  "s6-cat",
		Usage: "",
		Help: `Copies stdin to stdout. Arguments are not looked at.

Exit codes: 111 reading or writing failed.

Example: s6-cat </etc/hostname
`,
		Run: runCat,
	})
}

func runCat(inv *applet.Invocation) error {
	in, out := inv.Proc.Stdin(), inv.Proc.Stdout()
	buf := make([]byte, 1<<16)
	for {
		n, err := in.Read(buf)
		if n > 0 {
			if _, err := out.Write(buf[:n]); err != nil {
				return applet.System(err, "write to stdout")
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return applet.System(err, "read from stdin")
		}
	}
}
