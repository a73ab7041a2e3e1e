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
