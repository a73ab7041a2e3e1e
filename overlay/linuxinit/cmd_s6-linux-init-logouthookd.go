package linuxinit

import (
	"io"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/overlay/utmp"
)

var cmdS6LinuxInitLogouthookd = applet.Applet{
	Name:  "s6-linux-init-logouthookd",
	Usage: "",
	Help: `Serves one client of s6-ipcserver, a program for logins: when the client ends, or what it has become does, its
record in utmp says that nobody is logged in.

Exit codes: 0 done, or there was no record; 1 the client is not root; 2 the client has written something; 111 a system
call failed.

Example: s6-ipcserver /run/logouthook s6-linux-init-logouthookd
`,
	Run: runLogouthookd,
}

func runLogouthookd(inv *applet.Invocation) error {
	client, err := unix.GetsockoptUcred(int(inv.Proc.Stdin()), unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return applet.System(err, "getsockopt")
	}
	inv.Proc.CloseFD(1) // the client may be waiting for its end
	if client.Uid != 0 {
		return applet.Exit(1)
	}
	var c [1]byte
	switch _, err := inv.Proc.Stdin().Read(c[:]); err {
	case nil:
		return applet.Exit(2)
	case io.EOF, unix.ECONNRESET:
	default:
		return applet.System(err, "read")
	}
	if err := utmp.LogOut(utmp.File, client.Pid); err != nil {
		return applet.System(err, "update %s", utmp.File)
	}
	return nil
}
