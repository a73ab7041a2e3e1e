package ipc

import (
	"path"
	"sync"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/ipc/ucspi"
	"s6box/ipc/unixmessage"
)

// serveOneshots has the server of the oneshot runner be s6-sudod itself instead of starting a process for each script.
// Nothing else that s6-sudod may run is served so: what runs for long has to survive the server.
func serveOneshots(inv *applet.Invocation, starter ucspi.Starter) (*ucspi.Session, bool) {
	d := &sudod{Invocation: inv, starter: starter}
	if inv.Name != "s6-sudod" || d.options() != nil || d.detach || len(d.Args) == 0 || path.Base(d.Args[0]) != "s6-rc-oneshot-run" {
		return nil, false
	}
	stdin, err := inv.Proc.FD(0)
	if err != nil {
		return nil, false
	}
	fd, err := unix.FcntlInt(uintptr(stdin), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, false
	}
	st := inv.Proc.Clone()
	for n := range 2 {
		if err := st.BorrowFD(n, fd); err != nil {
			st.Release()
			unix.Close(fd)
			return nil, false
		}
	}
	d.Proc, d.conn = st, unixmessage.New(fd, fd)
	var mu sync.Mutex // excludes that stop shuts down what has the number of fd next
	over := false
	run := func() {
		d.Report(d.converse())
		unix.Shutdown(fd, unix.SHUT_RDWR)
		d.conn.Release()
		st.Release()
		mu.Lock()
		defer mu.Unlock()
		over = true
		unix.Close(fd)
	}
	stop := func() {
		d.left.Store(true)
		mu.Lock()
		defer mu.Unlock()
		if !over {
			unix.Shutdown(fd, unix.SHUT_RDWR)
		}
	}
	return &ucspi.Session{Run: run, Stop: stop}, true
}
