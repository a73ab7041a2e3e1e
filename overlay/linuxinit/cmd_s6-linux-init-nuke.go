package linuxinit

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6LinuxInitNuke = applet.Applet{
	Name:  "s6-linux-init-nuke",
	Usage: "",
	Help: `Kills every process but the first one and itself with SIGKILL. Do not try this at home.

Exit codes: 1 there is no other process, or none may be killed.

Example: s6-linux-init-nuke
`,
	Run: func(*applet.Invocation) error {
		if unix.Kill(-1, unix.SIGKILL) != nil {
			return applet.Exit(1)
		}
		return nil
	},
}
