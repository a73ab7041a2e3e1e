package change

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/execline"
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/rc/compile"
	"s6box/rc/db"
	"s6box/rc/live"
	"s6box/rc/runner"
	"s6box/rc/source"
	"s6box/supervise"
	"s6box/utils"
)

func TestMain(m *testing.M) {
	applet.Use(&execline.Commands, &utils.Commands, &chain.Commands)
	os.Exit(m.Run())
}

// world is a supervision tree in this process with a live directory on it.
type world struct {
	t      *testing.T
	dir    string
	engine *supervise.Engine
	scan   *supervise.Scan
	live   live.Dir
	db     *db.DB
	said   []string
}

// newWorld compiles the services of a source tree, given as files, and supervises them, all down. Scripts
// find the directory they may write to in $W.
func newWorld(t *testing.T, files map[string]string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	for name, text := range files {
		path := filepath.Join(w.dir, "src", name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "$W", w.dir)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree := source.Read([]string{w.dir + "/src"}, nil)
	result := compile.Compile(tree.Definitions, compile.Options{Bindir: "/nowhere"})
	if problems := append(tree.Problems, result.Problems...); source.Failed(problems) {
		t.Fatal(problems)
	}
	w.db = result.DB
	if err := result.Write(w.dir + "/db"); err != nil {
		t.Fatal(err)
	}
	w.supervise()
	return w
}

// supervise starts an engine and makes the live directory on it.
func (w *world) supervise() {
	t := w.t
	scandir := w.dir + "/scan"
	if err := os.Mkdir(scandir, 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.engine, err = supervise.New(supervise.Options{Prog: "test", Env: os.Environ(), Stderr: proc.FD(2)}); err != nil {
		t.Fatal(err)
	}
	l := live.Layout{Live: w.dir + "/live", Compiled: w.dir + "/db", Scandir: scandir, Prefix: "x-"}
	w.live = live.Dir{Path: l.Live}
	server := &runner.Server{Scripts: runner.Scripts{Live: &w.live, Env: os.Environ()}, Engine: w.engine}
	w.scan, err = supervise.NewScan(w.engine, scandir, supervise.ScanOptions{
		Native: map[string]supervise.Native{"x-" + db.OneshotRunner: server.Serve},
		Ended:  w.engine.Stop,
	})
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- w.engine.Run() }()
	w.engine.Post(w.scan.Start)
	t.Cleanup(func() {
		supervise.ControlScandir(unix.AT_FDCWD, scandir, "t")
		if err := <-ran; err != nil {
			t.Error(err)
		}
		w.engine.Close()
	})
	real, err := live.Create(l, w.db, live.CopyServicedirs(l.Compiled))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range w.db.Services[:w.db.Longruns] {
		names = append(names, s.Name)
	}
	if err := live.Register(l, real, names, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
}

// backends are both ways to make transitions happen.
var backends = map[string]func(w *world) Backend{
	"fifo": func(w *world) Backend {
		f, err := NewFifo(&w.live, [3]int{0, 1, 2})
		if err != nil {
			w.t.Fatal(err)
		}
		return f
	},
	"inside": func(w *world) Backend {
		scripts := runner.Scripts{Live: &w.live, Env: os.Environ()}
		return &Inside{Engine: w.engine, Scan: w.scan, Prefix: "x-", Live: &w.live,
			Script: func(t Transition) (int, proc.Status, error) { return scripts.Start(t.Op.String(), t.Service, nil) }}
	},
}

// executor makes an Executor that keeps what it says.
func (w *world) executor(b Backend) *Executor {
	state, err := w.live.ReadState(len(w.db.Services))
	if err != nil {
		w.t.Fatal(err)
	}
	w.said = nil
	return &Executor{DB: w.db, Live: &w.live, State: state, Backend: b, Say: func(verbosity int, level, text string) {
		w.said = append(w.said, fmt.Sprintf("%d %s: %s", verbosity, level, text))
	}}
}

func (w *world) set(names ...string) []bool {
	set := make([]bool, len(w.db.Services))
	for _, name := range names {
		numbers, ok := w.db.Lookup(name)
		if !ok {
			w.t.Fatal("no service ", name)
		}
		for _, n := range numbers {
			set[n] = true
		}
	}
	return set
}

// change runs one change and checks its outcome.
func (w *world) change(x *Executor, want Outcome, down bool, names ...string) {
	w.t.Helper()
	got, err := x.Change(Selection{Want: w.set(names...), Named: w.set(names...), Down: down})
	if err != nil || got != want {
		w.t.Fatalf("outcome %d, %v, want %d; said %q", got, err, want, w.said)
	}
}

func (w *world) says(want string) {
	w.t.Helper()
	if !slices.Contains(w.said, want) {
		w.t.Errorf("does not say %q but %q", want, w.said)
	}
}

// up returns the names of the services that the state file says are up.
func (w *world) up() string {
	state, err := w.live.ReadState(len(w.db.Services))
	if err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for n, s := range w.db.Services {
		if state.Up(n) {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, " ")
}

func (w *world) log() string {
	data, _ := os.ReadFile(w.dir + "/log")
	return strings.Join(strings.Fields(string(data)), " ")
}

// logs waits until a script has written text into the log.
func (w *world) logs(text string) bool {
	for deadline := time.Now().Add(time.Minute); !strings.Contains(w.log(), text); unix.Poll(nil, 5) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

func script(text string) string { return "#!/bin/sh\n" + text + "\n" }

// onBoth runs a scenario on both backends.
func onBoth(t *testing.T, files map[string]string, f func(w *world, x *Executor)) {
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, files)
			f(w, w.executor(backend(w)))
		})
	}
}

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
		w.change(x, Partial, false, "last", "killed", "none", "slow", "mute", "perma", "bare", "fine")
		w.says("1 warning: unable to start service bad: command exited 3")
		w.says("1 warning: not started because of bad: after, last")
		w.says("1 warning: unable to start service killed: command exited 137 (killed by SIGKILL)")
		w.says("1 warning: unable to start service none: command exited 127")
		w.says("1 warning: unable to start service slow: command exited 111 (timed out after 100 ms)")
		w.says("1 warning: unable to start service bare: command exited 111 (its run file could not be started; the supervisor has said why)")
		w.says("1 warning: unable to start service mute: command exited 99 (timed out after 100 ms without becoming ready)")
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
		abort := make(chan string, 1)
		x.Abort = abort
		abort <- "TERM"
		say := x.Say
		x.Say = func(v int, level, text string) {
			say(v, level, text)
			if strings.HasPrefix(text, "unable to start service mute") {
				os.WriteFile(w.dir+"/go", nil, 0o644)
			}
		}
		w.change(x, Partial, false, "next", "then")
		w.says("2 warning: received TERM, aborting pending processes and exiting asap")
		if got := w.up(); strings.Contains(got, "then") || strings.Contains(got, "mute") {
			t.Errorf("up: %s", got)
		}

		x.Abort = nil
		x.Deadline = time.Now().Add(50 * time.Millisecond)
		w.change(x, Expired, false, "next")
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
