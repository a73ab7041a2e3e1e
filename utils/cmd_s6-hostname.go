package utils

import (
	"bytes"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Hostname = applet.Applet{
	Name:  "s6-hostname",
	Usage: "[ name ]",
	Help: `Writes the name of the machine to stdout, or sets it to name.

Exit codes: 111 it can't be set, or stdout can't be written.

Example: s6-hostname
`,
	Run: runHostname,
}

func runHostname(inv *applet.Invocation) error {
	if len(inv.Args) > 0 {
		if err := unix.Sethostname([]byte(inv.Args[0])); err != nil {
			return applet.System(err, "set hostname")
		}
		return nil
	}
	var names unix.Utsname
	if err := unix.Uname(&names); err != nil {
		return applet.System(err, "get hostname")
	}
	name, _, _ := bytes.Cut(names.Nodename[:], []byte{0})
	return print(inv, string(name)+"\n")
}
