package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Touch = applet.Applet{
	Name:  "s6-touch",
	Usage: "file ...",
	Help: `Opens every file for appending and closes it: those that are missing are created, empty.

Exit codes: 111 one can't be opened.

Example: s6-touch /var/log/app.log
`,
	Run: runTouch,
}

func runTouch(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	for _, name := range inv.Args {
		fd, err := sys.Open(sys.AT, name, unix.O_WRONLY|unix.O_CREAT|unix.O_APPEND|unix.O_NONBLOCK, 0o666)
		if err == nil {
			err = unix.UtimesNanoAt(unix.AT_FDCWD, name, nil, 0)
			unix.Close(fd)
		}
		if err != nil {
			return applet.System(err, "touch %s", name)
		}
	}
	return nil
}
