package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// listen passes signals on to the loop.
func (e *Engine) listen() {
	for sig := range e.signals {
		if sig, ok := sig.(unix.Signal); ok && sig != unix.SIGPIPE {
			e.raise(sig)
		}
	}
}

// raise has the loop handle sig, as if it had been received.
func (e *Engine) raise(sig unix.Signal) {
	if e.pending.Or(1<<uint(sig)) != 0 {
		return // it has been woken up already
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.notify()
}

func (e *Engine) takeSignals() {
	set := e.pending.Swap(0)
	for sig := unix.Signal(1); set>>uint(sig) != 0; sig++ {
		switch {
		case set&(1<<uint(sig)) == 0:
		case sig == unix.SIGCHLD:
			e.Reap()
		case e.OnSignal != nil:
			e.OnSignal(sig)
		}
	}
}

// Child starts a process by start, which returns its pid, and has done called in the loop when it has
// died. Whoever wants to wait for a child in this process has to start it here: the loop reaps every child
// there is. A start without a process (pid 0) is not waited for.
func (e *Engine) Child(start func() (pid int, err error), done func(proc.Status)) error {
	_, err := e.child(start, reaction(done))
	e.Post(e.spent)
	return err
}

type reaction func(proc.Status)

func (r reaction) died(_ int, status proc.Status) { r(status) }

func (e *Engine) child(start func() (pid int, err error), p parent) (int, error) {
	e.births.RLock()
	defer e.births.RUnlock()
	pid, err := start()
	if err == nil && pid > 0 {
		e.childMu.Lock()
		defer e.childMu.Unlock()
		e.children[pid] = p
	}
	return pid, err
}

// Reap takes every child that has died, ours or not, and tells whoever started it.
func (e *Engine) Reap() {
	for {
		pid, status, p := e.reapOne()
		if pid <= 0 {
			return
		}
		if p != nil {
			p.died(pid, status)
		}
	}
}

func (e *Engine) reapOne() (int, proc.Status, parent) {
	e.births.Lock()
	defer e.births.Unlock()
	var ws unix.WaitStatus
	for {
		pid, err := unix.Wait4(-1, &ws, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		p := e.children[pid]
		delete(e.children, pid)
		return pid, proc.Status(ws), p
	}
}
