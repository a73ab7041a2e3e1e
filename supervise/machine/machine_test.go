package machine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// want lists, for a state that is wanted up and neither ripe nor last, every event that means something:
// the phase after it and the actions. Any other byte changes nothing; any other event is impossible.
var wanted = map[Phase]map[Event]string{
	Down: {
		'u':       "starting: disarm start",
		'U':       "starting: nodown disarm start",
		'o':       "starting !up: disarm start",
		'd':       "down !up: disarm status",
		'D':       "down !up: mkdown disarm status",
		'O':       "down !up: disarm status",
		'Q':       "down !up: mkdown disarm status",
		'x':       "gone: exit",
		Timeout:   "starting: disarm start",
		Terminate: "gone: exit",
		Hangup:    "gone: exit",
		Quit:      "gone: exit",
		Interrupt: "gone: exit",
	},
	Starting: {
		Started:      "up: change status event:u",
		StartFailed:  "down: status later",
		StartRefused: "down: status",
	},
	Up: {
		'a':       "up: signal:a",
		'b':       "up: signal:b",
		'q':       "up: signal:q",
		'h':       "up: signal:h",
		'k':       "up: signal:k",
		't':       "up: signal:t",
		'i':       "up: signal:i",
		'1':       "up: signal:1",
		'2':       "up: signal:2",
		'y':       "up: signal:y",
		'r':       "up: signal:r",
		'l':       "up: signal:l",
		'p':       "up paused: signal:p status",
		'c':       "up: signal:c status",
		'P':       "up paused: group:P status",
		'C':       "up: group:C status",
		'K':       "up: group:K",
		'u':       "up: status",
		'U':       "up: nodown status",
		'o':       "up !up: status",
		'O':       "up !up: status",
		'Q':       "up !up: mkdown status",
		'd':       "up !up: signal:r signal:c armkill status",
		'D':       "up !up: mkdown signal:r signal:c armkill status",
		'x':       "up last: detach",
		Hangup:    "up last: detach",
		Terminate: "up !up last: detach signal:r signal:c armkill status",
		Interrupt: "gone: group:i exit",
		Quit:      "gone: exit",
		Notified:  "up ready ripe: ready status event:U unnotify",
		Timeout:   "up: killlate again",
		RunDied:   "ending: disarm change unnotify tally finish",
	},
	Ending: {
		FinishStarted: "finish: status event:d armfinish",
		NoFinish:      "down ready: disarm ready status event:dD thrown",
	},
	Finish: {
		'u':           "finish: status",
		'U':           "finish: nodown status",
		'o':           "finish !up: status",
		'd':           "finish !up: status",
		'D':           "finish !up: mkdown status",
		'O':           "finish !up: status",
		'Q':           "finish !up: mkdown status",
		'x':           "finish last: detach",
		Hangup:        "finish last: detach",
		Terminate:     "finish !up last: detach status",
		Interrupt:     "gone: group:i exit",
		Quit:          "gone: exit",
		Timeout:       "finish: signal:c signal:k again",
		FinishDied:    "down ready: disarm ready status event:D thrown",
		FinishRefused: "down !up ready: disarm ready status event:OD",
	},
	Gone: {},
}

var opNames = map[Op]string{
	Start: "start", RunFinish: "finish", Signal: "signal", SignalGroup: "group", KillLate: "killlate",
	StampChange: "change", StampReady: "ready", WriteStatus: "status", Notify: "event", CloseNotify: "unnotify",
	Tally: "tally", CreateDown: "mkdown", RemoveDown: "nodown", Detach: "detach", RestartRipe: "ripe",
	RestartThrown: "thrown", RestartLater: "later", ArmKill: "armkill", ArmFinish: "armfinish",
	ArmAgain: "again", Disarm: "disarm", Exit: "exit",
}

// show is how wanted writes an answer to an event in state before.
func show(s State, acts []Action) string {
	text := s.Phase.String()
	for _, flag := range []struct {
		set  bool
		name string
	}{{!s.WantUp, "!up"}, {s.Last, "last"}, {s.Paused, "paused"}, {s.Ready, "ready"}, {s.Ripe, "ripe"}} {
		if flag.set {
			text += " " + flag.name
		}
	}
	text += ":"
	for _, a := range acts {
		text += " " + opNames[a.Op]
		if a.Arg != "" {
			text += ":" + a.Arg
		}
	}
	return text
}

// step is Step; ok is false where that says impossible.
func step(s State, e Event) (next State, acts []Action, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if !strings.HasPrefix(fmt.Sprint(r), "machine: ") {
				panic(r)
			}
			ok = false
		}
	}()
	next, acts = Step(s, e)
	return next, acts, true
}

func TestEveryPair(t *testing.T) {
	for phase := Down; phase <= Gone; phase++ {
		for e := Event(0); e < events; e++ {
			next, acts, ok := step(State{Phase: phase, WantUp: true}, e)
			want, listed := wanted[phase][e]
			switch {
			case !listed && e < 256 && phase != Starting && phase != Ending && phase != Gone:
				want = phase.String() + ":"
			case !listed:
				if ok {
					t.Errorf("%v, event %d: got %q, want it impossible", phase, e, show(next, acts))
				}
				continue
			}
			if got := show(next, acts); !ok || got != want {
				t.Errorf("%v, event %d (%c): got %q, want %q", phase, e, rune(e), got, want)
			}
		}
	}
}

// states is every state there can be.
func states() (all []State) {
	for phase := Down; phase <= Gone; phase++ {
		for bits := range 32 {
			s := State{phase, bits&1 != 0, bits&2 != 0, bits&4 != 0, bits&8 != 0, bits&16 != 0}
			if possible(s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// possible tells what holds of every state the machine gets into.
func possible(s State) bool {
	switch s.Phase {
	case Down, Starting:
		return s.Ready && !s.Last && !(s.Paused && s.Ripe)
	case Up:
		return s.Ready == s.Ripe
	case Ending, Finish:
		return !s.Paused && !s.Ready
	}
	return true
}

// TestInvariants steps from every possible state by every event.
func TestInvariants(t *testing.T) {
	for _, s := range states() {
		for e := Event(0); e < events; e++ {
			next, acts, ok := step(s, e)
			if !ok {
				continue
			}
			check(t, s, e, next, acts)
		}
	}
}

func check(t *testing.T, s State, e Event, next State, acts []Action) {
	t.Helper()
	fail := func(what string) {
		t.Errorf("%+v, event %d (%c): %s; got %+v, %s", s, e, rune(e), what, next, show(next, acts))
	}
	at := func(op Op) int { return slices.IndexFunc(acts, func(a Action) bool { return a.Op == op }) }
	last := len(acts) - 1
	if !possible(next) {
		fail("impossible state")
	}
	for op, phase := range map[Op]Phase{Start: Starting, RunFinish: Ending, Exit: Gone} {
		if i := at(op); i >= 0 && i != last || (i >= 0) != (next.Phase == phase && s.Phase != phase) {
			fail("start, finish and exit come last, and only with their phases")
		}
	}
	if event := at(Notify); event >= 0 && (at(WriteStatus) < 0 || at(WriteStatus) > event) {
		fail("an event comes after the status")
	}
	visible := s
	visible.Last, visible.Ripe, visible.Phase = next.Last, next.Ripe, next.Phase
	if visible != next && at(WriteStatus) < 0 && next.Phase != Starting && next.Phase != Ending {
		fail("a change of what the status file tells is written")
	}
	if s.Last && !next.Last || next.Phase == Down && s.Last {
		fail("a last cycle ends in Gone")
	}
	rearmed := at(RestartRipe) >= 0 || at(RestartThrown) >= 0 || at(RestartLater) >= 0
	cycled := s.Phase == Ending || s.Phase == Finish
	if cycled && next.Phase == Down && rearmed != next.WantUp {
		fail("down and wanted up has a deadline")
	}
	if cycled && next.Phase == Down && (at(RestartRipe) >= 0) != (next.WantUp && s.Ripe) {
		fail("only what has been ready is restarted a second after readiness")
	}
}

func TestNew(t *testing.T) {
	for _, up := range []bool{false, true} {
		s := New(up)
		if !possible(s) || !s.Paused || s.Phase != Down || s.WantUp != up {
			t.Errorf("New(%v) = %+v", up, s)
		}
		next, _ := Step(s, Timeout)
		if (next.Phase == Starting) != up {
			t.Errorf("New(%v) goes to %v", up, next.Phase)
		}
	}
}

// FuzzLife lives a service: whatever comes in whatever order, no event that can happen is impossible.
func FuzzLife(f *testing.F) {
	f.Add([]byte("uxd"))
	f.Add([]byte{200, 201, 'd', 202, 203, 'x'})
	f.Fuzz(func(t *testing.T, life []byte) {
		s := New(true)
		for _, b := range life {
			e := Event(b)
			if b >= 200 {
				e = Started + Event(b)%(events-Started)
			}
			next, acts, ok := step(s, e)
			if !ok {
				if e < 256 && s.Phase != Starting && s.Phase != Ending && s.Phase != Gone {
					t.Fatalf("byte %c is impossible in %+v", b, s)
				}
				continue
			}
			check(t, s, e, next, acts)
			s = next
		}
	})
}
