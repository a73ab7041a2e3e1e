package live

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/supervise"
)

// batch is how many longruns are waited for together: each takes a descriptor.
const batch = 400

// Register puts the service directories of the named longruns into the scan directory and waits until there
// is a supervisor on each, or until deadline unless that is zero: then the error is ETIMEDOUT.
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
	dirs := make([]string, len(names))
	for i, name := range names {
		dirs[i] = real + "/" + Servicedirs + "/" + name
	}
	err := supervise.AwaitEvent(sys.AT, dirs, 's', func() error {
		if err := Link(l, real, names); err != nil {
			return err
		}
		return failed("control s6-svscan on "+l.Scandir, supervise.ControlScandir(sys.AT, l.Scandir, "a"))
	}, Supervised, deadline)
	var mine *Error
	var follow *supervise.FollowError
	switch {
	case errors.As(err, &mine):
		return err
	case errors.As(err, &follow):
		return failed(follow.Op+" "+follow.Dir, follow.Err)
	}
	if err == unix.ETIME {
		err = unix.ETIMEDOUT
	}
	return failed("supervise service directories in "+real+"/"+Servicedirs, err)
}

// Supervised tells whether the supervisor of a service directory takes orders, and tells its state: it has a
// fifo before it has written its status.
func Supervised(dir string) bool {
	if supervise.Control(sys.AT, dir, "") != nil {
		return false
	}
	exists, _ := sys.Exists(sys.AT, dir+"/supervise/status")
	return exists
}
