package supervise

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/fifodir"
	"s6box/internal/sys"
)

// AwaitEvent subscribes to the events of service directories, makes a change, and waits until the supervisor
// of each has sent letter, or until deadline unless that is zero: then the error is ETIME. Each directory is
// a name relative to dirfd. already, unless nil, is asked after the change whether there is nothing to wait
// for in one. An error of subscribing is a *FollowError; one of change is returned as it is.
func AwaitEvent(dirfd int, dirs []string, letter byte, change func() error, already func(dir string) bool, deadline time.Time) error {
	var listeners []*fifodir.Listener
	defer func() {
		for _, f := range listeners {
			f.Release()
		}
	}()
	for _, dir := range dirs {
		f, err := fifodir.Subscribe(dirfd, dir+"/event")
		if err != nil {
			return &FollowError{"subscribe to events for", dir, err}
		}
		listeners = append(listeners, f)
	}
	if err := change(); err != nil {
		return err
	}
	waiting := make([]unix.PollFd, len(listeners))
	for i, f := range listeners {
		waiting[i] = unix.PollFd{Fd: int32(f.FD()), Events: unix.POLLIN}
		if already != nil && already(dirs[i]) {
			waiting[i].Fd = -1
		}
	}
	return awaitLetter(listeners, waiting, letter, deadline)
}

func awaitLetter(listeners []*fifodir.Listener, waiting []unix.PollFd, letter byte, deadline time.Time) error {
	left := 0
	for _, w := range waiting {
		if w.Fd >= 0 {
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
			if bytes.IndexByte(buf[:n], letter) >= 0 {
				waiting[i].Fd = -1
				left--
			}
		}
	}
	return nil
}
