package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Mkfifo = applet.Applet{
	Name:  "s6-mkfifo",
	Usage: "[ -m mode ] fifo...",
	Help: `Creates fifos (named pipes).

  -m MODE  their permissions, in octal (0666 less the umask)

Exit codes: 111 one could not be created.

Example: s6-mkfifo -m 0600 /run/app/control
`,
	Run: runMkfifo,
}

func runMkfifo(inv *applet.Invocation) error {
	mode := uint32(0o666)
	err := inv.Getopt("m:", func(_ byte, value string) (err error) {
		inv.Proc.Umask(0)
		mode, err = octal(inv, value)
		return err
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	for _, name := range inv.Args {
		if err := unix.Mkfifo(name, mode); err != nil {
			return applet.System(err, "mkfifo %s", name)
		}
	}
	return nil
}
