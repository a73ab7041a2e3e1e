package ucspi

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

// HandOver makes a connection descriptors 6 and 7, blocking ones, as clients' programs expect it.
func HandOver(inv *applet.Invocation, fd int) error {
	err := unix.SetNonblock(fd, false)
	if err == nil {
		if fd == 7 { // SetFD(6) would close it
			fd, err = unix.FcntlInt(7, unix.F_DUPFD_CLOEXEC, 8)
		}
	}
	if err == nil {
		err = inv.Proc.SetFD(6, fd)
	}
	if err == nil {
		err = inv.Proc.CopyFD(7, 6)
	}
	if err != nil {
		return applet.System(err, "set up descriptors 6 and 7")
	}
	return nil
}
