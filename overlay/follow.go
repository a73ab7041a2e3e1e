package overlay

import (
	"slices"
	"strings"
	"time"

	"s6box/supervise"
)

// followed are services that are waited for.
type followed struct {
	life    *life
	left    map[string]bool // in the loop only
	reached state
	done    chan struct{}
	cancels []func()
}

// state tells whether a service is where it is waited for: ok is false when nobody supervises it, notifies
// says that it reports its readiness.
type state func(s supervise.Status, ok, notifies bool) bool

func isSupervised(_ supervise.Status, ok, _ bool) bool { return ok }

func isUp(s supervise.Status, ok, notifies bool) bool { return ok && s.Up() && (s.Ready || !notifies) }

func isDown(s supervise.Status, ok, _ bool) bool { return !ok || s.Pid == 0 && s.Ready }

// follow begins to wait for services to reach a state.
func (l *life) follow(names []string, reached state) *followed {
	f := &followed{life: l, left: make(map[string]bool), reached: reached, done: make(chan struct{})}
	l.engine.Do(func() {
		for _, name := range names {
			status, ok := l.scan.Status(name)
			if !reached(status, ok, l.scan.NotifiesReadiness(name)) {
				f.left[name] = true
				f.cancels = append(f.cancels, l.scan.Watch(name, f.heard))
			}
		}
		f.check()
	})
	return f
}

func (f *followed) heard(e supervise.Event) {
	ok := !strings.Contains(e.Letters, "x")
	if f.left[e.Name] && f.reached(e.Status, ok, f.life.scan.NotifiesReadiness(e.Name)) {
		delete(f.left, e.Name)
		f.check()
	}
}

func (f *followed) check() {
	if len(f.left) == 0 {
		select {
		case <-f.done:
		default:
			close(f.done)
		}
	}
}

// wait waits until all services are there, for at most limit unless that is 0, or until give is closed. It
// returns the names of the others.
func (f *followed) wait(limit time.Duration, give <-chan struct{}) (late []string) {
	var expired <-chan time.Time
	if limit > 0 {
		expired = time.After(limit)
	}
	select {
	case <-f.done:
		return nil
	case <-expired:
	case <-give:
	}
	f.life.engine.Do(func() {
		for name := range f.left {
			late = append(late, name)
		}
	})
	slices.Sort(late)
	return late
}

func (f *followed) cancel() {
	f.life.engine.Do(func() {
		for _, cancel := range f.cancels {
			cancel()
		}
	})
}
