package supervise

import (
	"slices"

	"s6box/internal/sys"
	"s6box/supervise/machine"
)

// Event is what listeners of an event directory are told, and the status it comes with. What they are not told is that
// run could not be started.
type Event struct {
	Name       string // of the service, in the scan directory
	Letters    string // s u U d D O x; dD and OD come as one
	NotStarted bool
	Status     Status
}

// Watch has f called in the loop on every event of the service called name, or of every one if name is "",
// whether it is there yet or not, until cancel.
func (sc *Scan) Watch(name string, f func(Event)) (cancel func()) {
	w := &watch{f: f}
	sc.watchers[name] = append(sc.watchers[name], w)
	return func() {
		w.cancelled = true
		left := slices.DeleteFunc(slices.Clone(sc.watchers[name]), func(other *watch) bool { return other == w })
		if len(left) == 0 {
			delete(sc.watchers, name)
			return
		}
		sc.watchers[name] = left
	}
}

type watch struct {
	f         func(Event)
	cancelled bool
}

// publish tells the watchers, in the next turn: they may give orders to the service whose step this is.
func (sc *Scan) publish(en *entry, event Event) {
	event.Name, event.Status = en.name, en.status()
	for _, key := range []string{en.name, ""} {
		watchers := slices.Clone(sc.watchers[key])
		if len(watchers) == 0 {
			continue
		}
		for _, w := range watchers {
			sc.engine.Post(func() {
				if !w.cancelled {
					w.f(event)
				}
			})
		}
	}
}

// Live are the names of services, loggers and native ones not among them, that have a process or will get one.
func (sc *Scan) Live() []string {
	var names []string
	for name, en := range sc.names {
		if s, ok := sc.Status(name); ok && (s.Pid != 0 || s.WantUp) && !en.logger && en.native == nil {
			names = append(names, name)
		}
	}
	return names
}

// Control does what the letters say to the service called name, as if they came through its control fifo.
// Without a supervisor on it the error is ErrNotListening.
func (sc *Scan) Control(name, letters string) error {
	en := sc.names[name]
	if en == nil || !en.opened() {
		return ErrNotListening
	}
	for i := range len(letters) {
		if en.state.Phase == machine.Gone {
			return ErrNotListening
		}
		en.order(machine.Event(letters[i]))
	}
	return nil
}

// Status tells how the service called name is; ok is false without a supervisor on it. One that is being started has no
// process yet, and is not ready.
func (sc *Scan) Status(name string) (status Status, ok bool) {
	en := sc.names[name]
	if en == nil || !en.opened() {
		return Status{}, false
	}
	return en.status(), true
}

// NotifiesReadiness tells whether the service called name has a notification-fd file.
func (sc *Scan) NotifiesReadiness(name string) bool {
	en := sc.names[name]
	if en == nil || !en.opened() {
		return false
	}
	defer en.rest()
	there, _ := sys.Exists(en.at(), "notification-fd")
	return there || en.native != nil
}
