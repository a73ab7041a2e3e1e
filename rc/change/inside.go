package change

import (
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/rc/live"
	"s6box/supervise"
)

// Inside is the backend for the process that supervises the services itself. It may be used from any
// goroutine but the one of the engine's loop, where its work is done.
type Inside struct {
	Engine *supervise.Engine
	Scan   *supervise.Scan
	Prefix string // of service names in the scan directory
	Live   *live.Dir
	// Script starts the script of a oneshot. pid is 0 where its outcome is known at once. It is called in the
	// loop.
	Script func(t Transition) (pid int, status proc.Status, err error)

	longruns map[*inside]bool // under way; in the loop only
}

// inside is a longrun on its way.
type inside struct {
	t      Transition
	cancel func()
	timer  *time.Timer
	done   func(Result)
}

func (b *Inside) Start(t Transition, done func(Result)) {
	b.Engine.Post(func() {
		switch {
		case !t.Longrun:
			b.oneshot(t, done)
		case t.Op == Reload:
			done(controlled(b.Scan.Control(b.Prefix+t.Name, "l")))
		default:
			b.longrun(t, done)
		}
	})
}

// Control tells the supervisor of a longrun what to do.
func (b *Inside) Control(name, letters string) error {
	b.Engine.Post(func() { b.Scan.Control(b.Prefix+name, letters) })
	return nil
}

// Abort ends the wait for every longrun.
func (b *Inside) Abort() {
	b.Engine.Post(func() {
		for l := range b.longruns {
			b.finish(l, aborted())
		}
	})
}

func (b *Inside) longrun(t Transition, done func(Result)) {
	name := b.Prefix + t.Name
	letter := "d"
	if t.Op == Up {
		letter = "u"
	}
	l := &inside{t: t, done: done}
	l.cancel = b.Scan.Watch(name, func(e supervise.Event) { b.event(l, e) })
	if b.longruns == nil {
		b.longruns = map[*inside]bool{}
	}
	b.longruns[l] = true
	if err := b.Scan.Control(name, letter); err != nil {
		b.finish(l, controlled(err))
		return
	}
	if !b.longruns[l] {
		return // the event came at once
	}
	status, ok := b.Scan.Status(name)
	if ok && reached(t, status) {
		b.finish(l, Result{})
		return
	}
	if t.Timeout > 0 {
		l.timer = time.AfterFunc(t.Timeout, func() {
			b.Engine.Post(func() {
				res := timedOut(t)
				if status, ok := b.Scan.Status(name); ok {
					res = late(t, status)
				}
				b.finish(l, res)
			})
		})
	}
}

// reached tells whether a longrun is where its transition leads.
func reached(t Transition, s supervise.Status) bool {
	if t.Op == Up {
		return s.Up() && (s.Ready || !t.Notifies)
	}
	return s.Pid == 0
}

func (b *Inside) event(l *inside, e supervise.Event) {
	switch {
	case reached(l.t, e.Status) && strings.ContainsAny(e.Letters, "uUdD"):
		b.finish(l, Result{})
	case l.t.Op == Up && e.NotStarted: // the supervisor has tried, and will not soon again
		b.finish(l, notStarted())
	case l.t.Op == Up && strings.Contains(e.Letters, "O"):
		b.finish(l, gaveUp())
	case strings.Contains(e.Letters, "x"):
		b.finish(l, noSupervisor())
	}
}

func (b *Inside) finish(l *inside, res Result) {
	if !b.longruns[l] {
		return
	}
	delete(b.longruns, l)
	l.cancel()
	if l.timer != nil {
		l.timer.Stop()
	}
	l.done(res)
}

// oneshot has the script run as a child of this process. One that takes too long is told to end, and is no
// longer waited for.
func (b *Inside) oneshot(t Transition, done func(Result)) {
	var pid int
	var status proc.Status
	var timer *time.Timer
	over := false
	err := b.Engine.Child(func() (_ int, err error) {
		pid, status, err = b.Script(t)
		return pid, err
	}, func(status proc.Status) {
		if timer != nil {
			timer.Stop()
		}
		if !over {
			done(Ended(status))
		}
		over, pid = true, 0
	})
	switch {
	case err != nil:
		done(Failed(err))
	case pid == 0:
		done(Ended(status))
	case t.Timeout > 0:
		timer = time.AfterFunc(t.Timeout, func() {
			b.Engine.Post(func() {
				if over {
					return
				}
				over = true
				unix.Kill(pid, unix.SIGTERM)
				unix.Kill(pid, unix.SIGCONT)
				done(timedOut(t))
			})
		})
	}
}
