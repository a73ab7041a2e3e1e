package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// writeFile makes a new file of that content; a file or link that is already there is removed, not followed.
func writeFile(name, content string) error {
	unix.Unlink(name)
	fd, err := sys.Open(sys.AT, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if _, err := proc.FD(fd).Write([]byte(content)); err != nil {
		unix.Close(fd)
		return err
	}
	return unix.Close(fd)
}

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
