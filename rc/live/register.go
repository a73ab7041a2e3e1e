package live

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/fifodir"
	"s6box/internal/sys"
	"s6box/supervise"
)

// batch is how many longruns are waited for together: each takes a descriptor.
const batch = 400

// Register puts the service directories of the named longruns into the scan directory and waits until there
// is a supervisor on each, or until deadline unless that is zero: then the error is ETIME.
func Register(l Layout, real string, names []string, deadline time.Time) error {
	for len(names) > 0 {
		n := min(len(names), batch)
		if err := register(l, real, names[:n], deadline); err != nil {
			return err
		}
		names = names[n:]
	}
	return nil
}

func register(l Layout, real string, names []string, deadline time.Time) error {
	var listeners []*fifodir.Listener
	defer func() {
		for _, f := range listeners {
			f.Release()
		}
	}()
	for _, name := range names {
		f, err := fifodir.Subscribe(sys.AT, real+"/"+Servicedirs+"/"+name+"/event")
		if err != nil {
			return failed("subscribe to events of "+name, err)
		}
		listeners = append(listeners, f)
	}
	if err := Link(l, real, names); err != nil {
		return err
	}
	if err := supervise.ControlScandir(sys.AT, l.Scandir, "a"); err != nil {
		return failed("control s6-svscan on "+l.Scandir, err)
	}
	waiting := make([]unix.PollFd, len(listeners))
	for i, f := range listeners {
		waiting[i] = unix.PollFd{Fd: int32(f.FD()), Events: unix.POLLIN}
		if Supervised(real + "/" + Servicedirs + "/" + names[i]) {
			waiting[i].Fd = -1 // there was one already
		}
	}
	return failed("wait for supervisors", awaitStart(listeners, waiting, deadline))
}

// Supervised tells whether the supervisor of a service directory takes orders.
func Supervised(dir string) bool { return supervise.Control(sys.AT, dir, "") == nil }

// awaitStart waits for every listener to hear that a supervisor has started, except where waiting has none.
func awaitStart(listeners []*fifodir.Listener, waiting []unix.PollFd, deadline time.Time) error {
	left := 0
	for i := range waiting {
		if waiting[i].Fd >= 0 {
			left++
		}
	}
	var buf [64]byte
	for left > 0 {
		n, err := sys.Poll(waiting, deadline)
		if err != nil {
			return err
		}
		if n == 0 {
			return unix.ETIME
		}
		for i := range waiting {
			if waiting[i].Revents == 0 {
				continue
			}
			n, err := listeners[i].Read(buf[:])
			if err != nil {
				return err
			}
			if bytes.IndexByte(buf[:n], 's') >= 0 {
				waiting[i].Fd = -1
				left--
			}
		}
	}
	return nil
}
