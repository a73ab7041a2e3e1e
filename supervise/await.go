package supervise

import (
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/fifodir"
	"s6box/internal/sys"
)

// Follower follows a supervised service towards a goal, by the events its supervisor sends.
type Follower struct {
	Dir      string
	listener *fifodir.Listener
	progress
}

// Follow starts to follow the service in dir. It subscribes to the events before it reads the status, so
// none is missed. An event directory that is not there is made.
func Follow(dirfd int, dir string, goal Goal) (*Follower, error) {
	events := dir + "/event"
	l, err := fifodir.Subscribe(dirfd, events)
	if err == unix.ENOENT {
		if err := fifodir.Make(dirfd, events, os.Getegid(), false); err != nil {
			return nil, &FollowError{"subscribe to events for", dir, err}
		}
		l, err = fifodir.Subscribe(dirfd, events)
	}
	if err != nil {
		return nil, &FollowError{"subscribe to events for", dir, err}
	}
	s, err := ReadStatus(dirfd, dir)
	if err != nil {
		l.Release()
		return nil, &FollowError{"read status for", dir, err}
	}
	return &Follower{dir, l, newProgress(goal, s)}, nil
}

// FollowError says why a service can't be followed.
type FollowError struct {
	Op, Dir string // "unable to Op Dir"
	Err     error
}

func (e *FollowError) Error() string { return e.Op + " " + e.Dir + ": " + e.Err.Error() }
func (e *FollowError) Unwrap() error { return e.Err }

// FD is the descriptor that becomes readable when events have come.
func (w *Follower) FD() int { return w.listener.FD() }

// Outcome tells how far the service has come.
func (w *Follower) Outcome() Outcome { return w.outcome() }

// Read takes in the events that have come. check is called after each; when it says true, Read returns true
// at once.
func (w *Follower) Read(check func() bool) (bool, error) {
	var buf [64]byte
	for {
		n, err := w.listener.Read(buf[:])
		if n == 0 || err != nil {
			return false, err
		}
		for _, letter := range buf[:n] {
			w.event(letter)
			if check() {
				return true, nil
			}
		}
	}
}

// Release ends following.
func (w *Follower) Release() { w.listener.Release() }

// Followers is several services waited for together.
type Followers struct {
	All []*Follower
	Any bool // one of them is enough; those to be restarted must all have been down
}

// Keep ends following those that keep, which is called in order, does not say true for.
func (ws *Followers) Keep(keep func(*Follower) bool) {
	ws.All = slices.DeleteFunc(ws.All, func(w *Follower) bool {
		if keep(w) {
			return false
		}
		w.Release()
		return true
	})
}

// Release ends following them.
func (ws *Followers) Release() {
	for _, w := range ws.All {
		w.Release()
	}
}

// settled tells whether nothing is left to wait for.
func (ws *Followers) settled() bool {
	settled := len(ws.All) == 0
	for _, w := range ws.All {
		switch {
		case w.outcome() != Pending:
			settled = true
		case !ws.Any || !w.begun():
			return false
		}
	}
	return settled
}

// Wait waits until the services are settled, or until deadline unless that is zero. It returns whether they
// are.
func (ws *Followers) Wait(deadline time.Time) (bool, error) {
	polled := make([]unix.PollFd, len(ws.All))
	for i, w := range ws.All {
		polled[i] = unix.PollFd{Fd: int32(w.FD()), Events: unix.POLLIN}
	}
	for !ws.settled() {
		n, err := sys.Poll(polled, deadline)
		if n == 0 || err != nil {
			return false, err
		}
		for i := range polled {
			if polled[i].Revents == 0 {
				continue
			}
			if done, err := ws.All[i].Read(ws.settled); done || err != nil {
				return done, err
			}
		}
	}
	return true, nil
}
