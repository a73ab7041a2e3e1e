package change

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/rc/db"
	"s6box/supervise"
)

func TestOrder(t *testing.T) {
	onBoth(t, map[string]string{
		"first/type":                 "oneshot",
		"first/up":                   `sh -c "echo first-$RC_NAME >>$W/log"`,
		"first/down":                 `sh -c "echo first-down >>$W/log"`,
		"ready/type":                 "longrun",
		"ready/run":                  script("echo starting >>$W/log; echo ready >>$W/log; echo >&3; exec sleep 1000"),
		"ready/finish":               script("echo finished >>$W/log"),
		"ready/notification-fd":      "3",
		"ready/dependencies.d/first": "",
		"last/type":                  "oneshot",
		"last/up":                    `sh -c "echo last >>$W/log"`,
		"last/dependencies.d/ready":  "",
		"plain/type":                 "longrun",
		"plain/run":                  script("exec sleep 1000"),
		"other/type":                 "oneshot",
		"other/up":                   "",
	}, func(w *world, x *Executor) {
		w.change(x, Done, false, "last", "plain", "other")
		if got, want := w.log(), "first-first starting ready last"; got != want {
			t.Errorf("order %q, want %q", got, want)
		}
		if got, want := w.up(), "s6rc-oneshot-runner plain ready first last other"; got != want {
			t.Errorf("up: %s, want %s", got, want)
		}
		n, _ := w.db.Lookup("last")
		m, _ := w.db.Lookup("first")
		if x.State[n[0]] != 3 || x.State[m[0]] != 1 {
			t.Errorf("state % x", x.State)
		}
		if _, err := os.Stat(w.live.Servicedir("ready") + "/down"); !os.IsNotExist(err) {
			t.Error("the down file is still there: ", err)
		}
		w.says("3 info: bringing selected services up")
		w.says("2 info: service ready: starting")
		w.says("2 info: service ready successfully started")

		w.change(x, Done, false, "last") // again: nothing to do
		w.says("3 info: service last: already up")

		w.change(x, Done, true, "first")
		if got, want := w.log(), "first-first starting ready last finished first-down"; got != want {
			t.Errorf("order %q, want %q", got, want)
		}
		if got, want := w.up(), "s6rc-oneshot-runner plain other"; got != want {
			t.Errorf("up: %s, want %s", got, want)
		}
		if _, err := os.Stat(w.live.Servicedir("ready") + "/down"); err != nil {
			t.Error(err)
		}
	})
}

func TestFailures(t *testing.T) {
	onBoth(t, map[string]string{
		"bad/type":                  "oneshot",
		"bad/up":                    `sh -c "exit 3"`,
		"after/type":                "oneshot",
		"after/up":                  "",
		"after/dependencies.d/bad":  "",
		"last/type":                 "oneshot",
		"last/up":                   "",
		"last/dependencies.d/after": "",
		"killed/type":               "oneshot",
		"killed/up":                 `sh -c "kill -9 $$"`,
		"none/type":                 "oneshot",
		"none/up":                   "/nonexistent/program",
		"slow/type":                 "oneshot",
		"slow/up":                   `sh -c "trap 'echo told >>$W/log; exit' TERM; while :; do sleep 0.01; done"`,
		"slow/timeout-up":           "100",
		"mute/type":                 "longrun",
		"mute/run":                  script("exec sleep 1000"),
		"mute/notification-fd":      "3",
		"mute/timeout-up":           "100",
		"loops/type":                "longrun",
		"loops/run":                 script("exit 7"),
		"loops/notification-fd":     "3",
		"loops/timeout-up":          "900", // milliseconds: it is not started again before a second is over
		"perma/type":                "longrun",
		"perma/run":                 script("exit 1"),
		"perma/finish":              script("exit 125"),
		"perma/notification-fd":     "3",
		"bare/type":                 "longrun",
		"bare/run":                  "#!/nonexistent/interpreter\n",
		"bare/notification-fd":      "3",
		"fine/type":                 "longrun",
		"fine/run":                  script("exec sleep 1000"),
	}, func(w *world, x *Executor) {
		w.change(x, Partial, false, "last", "killed", "none", "slow", "mute", "loops", "perma", "bare", "fine")
		w.says("1 warning: unable to start service bad: command exited 3")
		w.says("1 warning: not started because of bad: after, last")
		w.says("1 warning: unable to start service killed: command exited 137 (killed by SIGKILL)")
		w.says("1 warning: unable to start service none: command exited 127")
		w.says("1 warning: unable to start service slow: command exited 111 (timed out after 100 ms)")
		w.says("1 warning: unable to start service bare: command exited 111 (its run file could not be started; the supervisor has said why)")
		w.says("1 warning: unable to start service mute: command exited 99 (timed out after 100 ms without becoming ready)")
		w.says("1 warning: unable to start service loops: command exited 99 (timed out after 900 ms without becoming ready: its run script exited 7)")
		w.says("1 warning: unable to start service perma: command exited 1 (permanent failure: its finish script exited 125)")
		if got, want := w.up(), "s6rc-oneshot-runner fine"; got != want {
			t.Errorf("up: %s, want %s", got, want)
		}
		// a longrun that failed to come up is told to go down
		watch, err := supervise.Follow(unix.AT_FDCWD, w.live.Servicedir("mute"), supervise.Goal{Ready: true})
		if err != nil {
			t.Fatal(err)
		}
		defer watch.Release()
		all := supervise.Followers{All: []*supervise.Follower{watch}}
		if ok, err := all.Wait(time.Now().Add(time.Minute)); !ok || err != nil {
			t.Errorf("mute is not down: %v", err)
		}
		if !w.logs("told") {
			t.Error("the script that took too long was not told to end")
		}
	})
}

func TestEssential(t *testing.T) {
	onBoth(t, map[string]string{
		"base/type":                "oneshot",
		"base/up":                  "",
		"core/type":                "longrun",
		"core/run":                 script("exec sleep 1000"),
		"core/flag-essential":      "",
		"core/dependencies.d/base": "",
		"app/type":                 "oneshot",
		"app/up":                   "",
		"app/dependencies.d/core":  "",
	}, func(w *world, x *Executor) {
		w.change(x, Done, false, "app")
		w.change(x, Done, true, "base")
		w.says("1 warning: service core is marked as essential, not stopping it")
		if got, want := w.up(), "s6rc-oneshot-runner core base"; got != want {
			t.Errorf("up: %s, want %s", got, want)
		}
		if o, err := x.Change(Selection{Want: w.set("base"), Down: true, Force: true}); o != Done || err != nil {
			t.Error(o, err)
		}
		if got, want := w.up(), "s6rc-oneshot-runner"; got != want {
			t.Errorf("up: %s, want %s", got, want)
		}
	})
}

func TestReload(t *testing.T) {
	onBoth(t, map[string]string{
		"one/type":             "oneshot",
		"one/up":               "",
		"one/reload":           `sh -c "echo reload-$RC_NAME-$RC_RELOAD >>$W/log"`,
		"long/type":            "longrun",
		"long/run":             script("trap 'echo usr1 >>$W/log' USR1; echo >&3; while :; do sleep 0.01; done"),
		"long/notification-fd": "3",
		"long/reload-signal":   "USR1",
	}, func(w *world, x *Executor) {
		w.change(x, Done, false, "one", "long")
		n, _ := w.db.Lookup("one")
		m, _ := w.db.Lookup("long")
		runner, _ := w.db.Lookup(db.OneshotRunner)
		for range 3 { // the runner runs one of the others
			w.executor(x.Backend)
			if o, err := x.Reload([]int{runner[0], n[0], m[0]}); o != Done || err != nil {
				t.Error(o, err, w.said)
			}
		}
		w.says("2 info: service one successfully reloaded")
		w.says("2 info: service long successfully reloaded")
		if !w.logs("usr1") || !w.logs("reload-one-1") {
			t.Errorf("log %q", w.log())
		}
	})
}

func TestAbortAndDeadline(t *testing.T) {
	onBoth(t, map[string]string{
		"mute/type":                "longrun",
		"mute/run":                 script("echo up >>$W/log; exec sleep 1000"),
		"mute/notification-fd":     "3",
		"next/type":                "oneshot",
		"next/up":                  "",
		"next/dependencies.d/mute": "",
		"wait/type":                "oneshot",
		"wait/up":                  `sh -c "while [ ! -e $W/go ]; do sleep 0.01; done"`,
		"then/type":                "oneshot",
		"then/up":                  "",
		"then/dependencies.d/wait": "",
	}, func(w *world, x *Executor) {
		w.abort(x, "unable to start service mute")
		w.change(x, Partial, false, "next", "then")
		w.says("2 warning: received TERM, aborting pending processes and exiting asap")
		if got := w.up(); strings.Contains(got, "then") || strings.Contains(got, "mute") {
			t.Errorf("up: %s", got)
		}

		x.Abort, x.aborted = nil, false
		x.Deadline = time.Now().Add(50 * time.Millisecond)
		w.change(x, Expired, false, "next")
	})
}

// abort orders x to end soon, and has the script go on that waits for the file go once x has said what begins with text.
func (w *world) abort(x *Executor, text string) {
	order := make(chan string, 1)
	order <- "TERM"
	x.Abort = order
	say := x.Say
	x.Say = func(v int, level, said string) {
		say(v, level, said)
		if strings.HasPrefix(said, text) {
			os.WriteFile(w.dir+"/go", nil, 0o644)
		}
	}
}

// TestAbortOfTheLast shows that an order to end that leaves nothing undone is no failure, and that nothing begins behind it.
func TestAbortOfTheLast(t *testing.T) {
	onBoth(t, map[string]string{
		"wait/type": "oneshot",
		"wait/up":   `sh -c "until test -e $W/go; do :; done"`,
		"next/type": "oneshot",
		"next/up":   "",
	}, func(w *world, x *Executor) {
		w.change(x, Done, false, "s6rc-oneshot-runner")
		w.abort(x, "received TERM")
		w.change(x, Done, false, "wait")
		if !x.Aborted() {
			t.Error("not aborted")
		}
		w.change(x, Done, false, "wait")
		w.change(x, Partial, false, "next")
		if got := w.up(); strings.Contains(got, "next") {
			t.Errorf("up: %s", got)
		}
	})
}

// TestRepair shows that a change that was cut short at any point is finished by the next one: whatever s6-rc
// had not written down yet is found done, or done again.
func TestRepair(t *testing.T) {
	onBoth(t, map[string]string{
		"a/type":             "oneshot",
		"a/up":               `sh -c "echo a >>$W/log"`,
		"b/type":             "longrun",
		"b/run":              script("exec sleep 1000"),
		"b/dependencies.d/a": "",
		"c/type":             "longrun",
		"c/run":              script("exec sleep 1000"),
		"c/dependencies.d/b": "",
	}, func(w *world, x *Executor) {
		w.change(x, Done, false, "c")
		full := slices.Clone(x.State)
		for n := range full {
			copy(x.State, full)
			x.State.Set(n, false)
			w.change(x, Done, false, "c")
			if !slices.Equal(x.State.AllUp(), full.AllUp()) {
				t.Errorf("state % x, want % x", x.State, full)
			}
		}
		for n := range full {
			w.change(x, Done, true, w.db.Services[n].Name)
			x.State.Set(n, true) // as if it had been stopped and not recorded
			w.change(x, Done, true, w.db.Services[n].Name)
			w.change(x, Done, false, "c")
		}
	})
}

func TestWaiting(t *testing.T) {
	r := &run{Executor: &Executor{}, active: map[int]activity{}}
	now := time.Now()
	r.active[3] = activity{Transition{Service: 3, Name: "db", Longrun: true, Notifies: true}, now.Add(-2500 * time.Millisecond)}
	r.active[1] = activity{Transition{Service: 1, Name: "init", Op: Up}, now.Add(-1200 * time.Millisecond)}
	r.active[2] = activity{Transition{Service: 2, Name: "old", Op: Down}, now.Add(-time.Second)}
	if got, want := r.waiting(now), "waiting for db to be ready (for 2.5s), init to start (for 1.2s), old to stop (for 1s)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
