package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// withInput has f read a file, or stdin for the name -.
func withInput(inv *applet.Invocation, name string, f func(in proc.FD) error) error {
	if name == "-" {
		return f(inv.Proc.Stdin())
	}
	fd, err := inv.Proc.Open(name, unix.O_RDONLY, 0)
	if err != nil {
		return applet.System(err, "open %s for reading", name)
	}
	defer unix.Close(fd)
	return f(proc.FD(fd))
}
