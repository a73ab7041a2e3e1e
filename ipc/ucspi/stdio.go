package ucspi

import (
	"os"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

// Inherit returns a close-on-exec, non-blocking copy of stdin, which has to be a socket, and its address.
func Inherit(inv *applet.Invocation) (*os.File, unix.Sockaddr, error) {
	stdin, err := inv.Proc.FD(0)
	if err != nil {
		return nil, nil, applet.System(err, "use stdin")
	}
	var st unix.Stat_t
	if err := unix.Fstat(stdin, &st); err != nil {
		return nil, nil, applet.System(err, "fstat stdin")
	}
	if st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return nil, nil, applet.Fatal(applet.ExitUsage, "stdin is not a socket")
	}
	local, err := unix.Getsockname(stdin)
	if err != nil {
		return nil, nil, applet.System(err, "get local socket information")
	}
	fd, err := unix.FcntlInt(uintptr(stdin), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, nil, applet.System(err, "duplicate stdin")
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, nil, applet.System(err, "make the socket non-blocking")
	}
	return os.NewFile(uintptr(fd), "socket"), local, nil
}

// CanAnnounce is the error of a server that is to say on stdout that it is ready, and has none.
func CanAnnounce(inv *applet.Invocation) error {
	if _, err := inv.Proc.FD(1); err != nil {
		return applet.Fatal(applet.ExitUsage, "called with option -1 but stdout said: %s", applet.Reason(err))
	}
	return nil
}

// Announce writes a line to stdout, unless it is empty, and gives stdin and stdout up. Where nobody takes the line there
// is a server all the same.
func Announce(inv *applet.Invocation, line string) error {
	if line != "" {
		if _, err := inv.Proc.Stdout().Write([]byte(line)); err != nil {
			inv.Warn("unable to tell stdout of being ready: %s", applet.Reason(err))
		}
	}
	for n, flags := range []int{unix.O_RDONLY, unix.O_WRONLY} {
		fd, err := inv.Proc.Open("/dev/null", flags, 0)
		if err == nil {
			err = inv.Proc.SetFD(n, fd)
		}
		if err != nil {
			return applet.System(err, "open /dev/null")
		}
	}
	return nil
}
