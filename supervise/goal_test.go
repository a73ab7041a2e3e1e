package supervise

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/fifodir"
	"s6box/internal/sys"
)

var (
	isUp        = Status{Pid: 42}
	isReady     = Status{Pid: 42, Ready: true}
	isFinishing = Status{Pid: 43, Finishing: true}
	isDown      = Status{Ready: true}
)

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		goal   byte
		start  Status
		events string
		want   string // outcome before the first event and after each: p r f d
	}{
		{'u', isDown, "uU", "prr"},
		{'u', isUp, "dDu", "rppr"},
		{'U', isUp, "uU", "ppr"},
		{'U', isReady, "d", "rp"},
		{'d', isUp, "dDu", "prrp"},
		{'d', isFinishing, "D", "rr"},
		{'D', isUp, "dD", "ppr"},
		{'D', isFinishing, "D", "pr"},
		{'r', isUp, "dDuU", "ppprr"},
		{'r', isDown, "u", "pr"},
		{'r', isReady, "U", "pp"},
		{'R', isReady, "dDuU", "ppppr"},
		{'u', isDown, "Ou", "pff"},
		{'U', isUp, "dOD", "ppff"},
		{'u', isUp, "O", "rr"},
		{'d', isUp, "OdD", "pprr"},
		{'r', isUp, "OdOD", "pppff"},
		{'u', isDown, "xu", "pdd"},
		{'d', isUp, "x", "pd"},
		{'D', isDown, "xu", "rrr"},
		{'r', isUp, "dx", "ppd"},
		{'u', isDown, "s?\n", "pppp"},
	} {
		p := newProgress(goalOf(c.goal), c.start)
		got := []byte{"prfd"[p.outcome()]}
		for _, letter := range []byte(c.events) {
			p.event(letter)
			got = append(got, "prfd"[p.outcome()])
		}
		if string(got) != c.want {
			t.Errorf("-%c from %+v, %s: got %s, want %s", c.goal, c.start, c.events, got, c.want)
		}
	}
}

func TestSettled(t *testing.T) {
	up, down := progress{goal: Goal{Up: true}, up: true}, progress{goal: Goal{Up: true}}
	dead := progress{goal: Goal{Up: true}, final: Died}
	restarting := progress{goal: Goal{Up: true, Restart: true}, up: true}
	restarted := progress{goal: Goal{Up: true, Restart: true}, up: true, wasDown: true}
	for _, c := range []struct {
		name       string
		all        []progress
		any        bool
		settled    bool
		settledAny bool
	}{
		{"none", nil, false, true, true},
		{"all up", []progress{up, up}, false, true, true},
		{"one down", []progress{up, down}, false, false, true},
		{"one dead", []progress{up, dead}, false, true, true},
		{"none up", []progress{down, down}, false, false, false},
		{"one restarted", []progress{restarted, restarting}, false, false, false},
	} {
		for _, any := range []bool{false, true} {
			ws := &Followers{Any: any}
			for _, p := range c.all {
				ws.All = append(ws.All, &Follower{progress: p})
			}
			want := c.settled
			if any {
				want = c.settledAny
			}
			if got := ws.settled(); got != want {
				t.Errorf("%s, any %v: %v, want %v", c.name, any, got, want)
			}
		}
	}
}

// Events that came between subscribing and waiting are not lost, and one that only passes counts.
func TestFollow(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Follow(sys.AT, "s", Goal{}); err == nil {
		t.Error("followed a service that is not there")
	}
	if err := unix.Mkdir("s", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Follow(sys.AT, "s", Goal{}); err == nil {
		t.Error("followed a service without status")
	}
	if err := unix.Mkdir("s/supervise", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeStatus(sys.AT, "s", &isUp); err != nil {
		t.Fatal(err)
	}
	f, err := Follow(sys.AT, "s", Goal{})
	if err != nil {
		t.Fatal(err)
	}
	all := &Followers{All: []*Follower{f}}
	if done, err := all.Wait(time.Now()); done || err != nil {
		t.Errorf("up: %v, %v", done, err)
	}
	if n, err := fifodir.Notify(sys.AT, "s/event", "dDu"); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if done, err := all.Wait(time.Time{}); !done || err != nil {
		t.Errorf("went down and up again: %v, %v", done, err)
	}
	all.Release()
	if n, err := fifodir.Notify(sys.AT, "s/event", "x"); n != 0 || err != nil {
		t.Errorf("after Release: %d, %v", n, err)
	}
}
