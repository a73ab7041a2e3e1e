//go:build !s6box_linkname

package proc

import (
	"os/signal"

	"golang.org/x/sys/unix"
)

// inheritedIgnored without access to the runtime's own record: Go tells of SIGHUP and SIGINT only.
func inheritedIgnored(sig int) bool {
	return (sig == int(unix.SIGHUP) || sig == int(unix.SIGINT)) && signal.Ignored(unix.Signal(sig))
}
