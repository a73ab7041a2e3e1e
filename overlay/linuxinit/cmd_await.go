package linuxinit

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// awaitName is the hidden command `s6box-await fd prog...`: it reads a newline from fd, or its end, closes it and runs
// prog.
const awaitName = "s6box-await"

var cmdAwait = applet.Applet{Name: awaitName, Usage: "fd prog...", Chain: runAwait, Waits: true, Hidden: true}

func runAwait(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	fd, err := strconv.Atoi(inv.Args[0])
	if err != nil {
		return nil, inv.UsageError()
	}
	var c [1]byte
	for {
		n, err := proc.FD(fd).Read(c[:])
		if err != nil || n == 1 && c[0] == '\n' {
			break
		}
	}
	unix.Close(fd)
	return inv.Args[1:], nil
}
