package ucspi

import (
	"sync"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// Session is a connection that the server serves itself, on a goroutine.
type Session struct {
	Run  func() // returns when the connection is over
	Stop func() // has Run return soon
}

// Starter starts a child, by start, for a Session. It is nil where there is none and start knows the outcome.
type Starter func(start func() (pid int, status proc.Status, err error)) (c *Child, status proc.Status, err error)

// begin has a session run as soon as the next connection may be accepted.
func (s *Server) begin(c served) {
	s.sessions++
	number := -s.sessions
	s.children[number] = c
	s.begun = func() {
		c.session.Run()
		s.ended <- number
	}
}

// waiters are the children of sessions. The lock keeps children from being reaped while one is started.
type waiters struct {
	sync.Mutex
	pids map[int]chan<- proc.Status // where those go that the server reaped
}

func (w *waiters) start(start func() (int, proc.Status, error)) (*Child, proc.Status, error) {
	w.Lock()
	defer w.Unlock()
	pid, status, err := start()
	if err != nil || pid == 0 {
		return nil, status, err
	}
	reaped := make(chan proc.Status, 1)
	if w.pids == nil {
		w.pids = make(map[int]chan<- proc.Status)
	}
	w.pids[pid] = reaped
	return newChild(pid, func() (proc.Status, bool, error) {
		w.Lock()
		defer w.Unlock()
		select {
		case status := <-reaped:
			return status, true, nil
		default:
		}
		status, ended, err := proc.Reap(pid)
		if ended || err != nil {
			delete(w.pids, pid)
		}
		return status, ended, err
	}), 0, nil
}

// reap takes one child that has ended; pid is 0 or less if there is none. taken says that it was a session's.
func (w *waiters) reap() (pid int, status proc.Status, taken bool) {
	w.Lock()
	defer w.Unlock()
	var ws unix.WaitStatus
	pid, err := unix.Wait4(-1, &ws, unix.WNOHANG, nil)
	for err == unix.EINTR {
		pid, err = unix.Wait4(-1, &ws, unix.WNOHANG, nil)
	}
	if err != nil || pid <= 0 {
		return 0, 0, false
	}
	ended, taken := w.pids[pid]
	if taken {
		delete(w.pids, pid)
		ended <- proc.Status(ws)
	}
	return pid, proc.Status(ws), taken
}
