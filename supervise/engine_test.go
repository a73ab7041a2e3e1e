package supervise

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/supervise/machine"
)

// looped is an engine whose loop runs in a goroutine of the test.
func looped(t *testing.T, said *os.File, change ...func(*Options)) *Engine {
	t.Helper()
	ready := make(chan *Engine)
	ended := make(chan error)
	go func() {
		o := Options{Prog: "test", Env: []string{"PATH=/usr/bin:/bin"}, Stderr: proc.FD(said.Fd())}
		for _, f := range change {
			f(&o)
		}
		e, err := New(o)
		if err != nil {
			t.Error(err)
			close(ready)
			return
		}
		ready <- e
		err = e.Run()
		e.Close()
		ended <- err
	}()
	e, ok := <-ready
	if !ok {
		t.FailNow()
	}
	t.Cleanup(func() {
		e.Post(e.Stop)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return e
}

func scratchFile(t *testing.T) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func (d *daemon) scan(e *Engine, o ScanOptions) (sc *Scan) {
	d.t.Helper()
	e.Do(func() {
		var err error
		if sc, err = NewScan(e, d.dir, o); err != nil {
			d.t.Error(err)
			return
		}
		sc.Start()
	})
	if sc == nil {
		d.t.FailNow()
	}
	d.t.Cleanup(d.killLeft)
	return sc
}

// killLeft kills what a test that failed has left.
func (d *daemon) killLeft() {
	dirs, _ := filepath.Glob(d.dir + "/*")
	for _, dir := range dirs {
		if st, err := ReadStatus(sys.AT, dir); err == nil && st.Pid > 1 && st.Pid != os.Getpid() {
			unix.Kill(-st.Pid, unix.SIGKILL)
		}
	}
}

// end brings the scan down.
func (d *daemon) end(e *Engine, sc *Scan) {
	ended := make(chan struct{})
	e.Do(func() {
		sc.Ended = func() { close(ended) }
		sc.Command('t')
	})
	<-ended
	e.Do(sc.Close)
}

// panicking is an owner that panics, once, when its service has told of an event or starts something.
type panicking struct {
	owner
	at string // the event, or "" for the start
}

func (p *panicking) changed(letters string) {
	p.owner.changed(letters)
	if letters == p.at {
		p.panic()
	}
}

func (p *panicking) stdio(st *proc.State) error {
	if p.at == "" {
		p.panic()
	}
	return p.owner.stdio(st)
}

func (p *panicking) panic() {
	p.owner.(*entry).owner = p.owner
	panic("injected")
}

// A panic in what is done for one service, whatever that is, is told of once. The service goes on being
// supervised, the others notice nothing, and nothing is left behind.
func TestPanicIsContained(t *testing.T) {
	said := scratchFile(t)
	e := looped(t, said)
	d := newDaemon(t)
	bad := d.service("bad", "run", readySleeper, "finish", "#!/bin/sh\n", "notification-fd", "3")
	good := d.service("good", "run", readySleeper, "notification-fd", "3")
	sc := d.scan(e, ScanOptions{})
	bad.wait("uU")
	good.wait("uU")
	before := good.status()
	slots := 0
	e.Do(func() { slots = len(e.slots) - len(e.free) })
	all := []string{"d", "D", "u", "U", ""}
	for _, at := range all {
		e.Do(func() {
			en := sc.names["bad"]
			en.owner = &panicking{en.owner, at}
		})
		d.check(unix.Kill(bad.status().Pid, unix.SIGKILL))
		d.until("it has panicked: "+at, func() bool {
			text, _ := os.ReadFile(said.Name())
			return strings.Contains(string(text), "injected")
		})
		bad.control("u")
		d.until("it is ready again", func() bool { st := bad.status(); return st.Up() && st.Ready && unix.Kill(st.Pid, 0) == nil })
		text, err := os.ReadFile(said.Name())
		if err != nil || strings.Count(string(text), "s6-supervise bad: warning: internal error, starting afresh: injected\n") != 1 ||
			!strings.Contains(string(text), "engine_test.go") || strings.Contains(string(text), "good") {
			t.Errorf("at %q: said %q, %v", at, text, err)
		}
		d.check(said.Truncate(0))
	}
	e.Post(func() { panic("posted") })
	e.Do(func() {
		if n := len(e.slots) - len(e.free); n != slots {
			t.Errorf("%d descriptors are waited for, then %d", slots, n)
		}
	})
	if text, _ := os.ReadFile(said.Name()); !strings.Contains(string(text), "test: warning: internal error, starting afresh: posted") {
		t.Errorf("said %q", text)
	}
	if after := good.status(); after != before {
		t.Errorf("the other service was %+v and is %+v", before, after)
	}
	good.control("r")
	good.wait("dDuU")
	d.end(e, sc)
}

// A native service looks like any other.
func TestNativeService(t *testing.T) {
	e := looped(t, scratchFile(t))
	d := newDaemon(t)
	l := d.service("own", "run", "#!/bin/sh\nexit 1\n", "notification-fd", "3")
	fail := make(chan error)
	sc := d.scan(e, ScanOptions{Native: map[string]Native{"own": func(ctx context.Context, ready func()) error {
		ready()
		select {
		case <-ctx.Done():
			return nil
		case err := <-fail:
			return err
		}
	}}})
	l.wait("suU")
	if st := l.status(); st.Pid != os.Getpid() || !st.Ready {
		t.Errorf("status %+v", st)
	}
	fail <- errors.New("broken")
	l.wait("dDuU")
	if st := l.status(); st.Exit.Code() != 1 {
		t.Errorf("status %+v", st)
	}
	l.control("d")
	l.wait("dD")
	if st := l.status(); st.Exit.Signal() != unix.SIGTERM || st.Pid != 0 {
		t.Errorf("status %+v", st)
	}
	d.end(e, sc)
}

// A native service does not end because it is told to reload: it may hold what would be lost.
func TestNativeReload(t *testing.T) {
	ended := false
	run := &nativeRun{cancel: func() { ended = true }}
	for sig, ends := range map[unix.Signal]bool{unix.SIGHUP: false, unix.SIGUSR1: false, unix.SIGTERM: true, unix.SIGKILL: true} {
		ended = false
		if run.signal(sig); ended != ends {
			t.Errorf("%v ends it: %v", sig, ended)
		}
	}
}

func TestChildAndPost(t *testing.T) {
	e := looped(t, scratchFile(t))
	died := make(chan proc.Status, 1)
	st := proc.New([]string{"PATH=/usr/bin:/bin"})
	err := e.Child(func() (int, error) { return st.Spawn("/bin/sh", []string{"sh", "-c", "exit 7"}) }, func(s proc.Status) { died <- s })
	if err != nil {
		t.Fatal(err)
	}
	if s := <-died; s.Code() != 7 {
		t.Errorf("status %v", s)
	}
	if err := e.Child(func() (int, error) { return 0, unix.ENOENT }, nil); err != unix.ENOENT {
		t.Errorf("Child: %v", err)
	}
	n := 0
	for range 100 {
		e.Post(func() { n++ })
	}
	e.Do(func() {
		if n != 100 {
			t.Errorf("%d of 100 posted functions have run", n)
		}
	})
}

func TestTimersFireInOrder(t *testing.T) {
	e := looped(t, scratchFile(t))
	var fired []int
	done := make(chan struct{})
	timers := make([]Timer, 20)
	e.Do(func() {
		for _, i := range rand.Perm(len(timers)) {
			timers[i].fire = func() { fired = append(fired, i) }
			e.arm(&timers[i], time.Duration(i)*time.Millisecond)
		}
		e.disarm(&timers[3])
		e.disarm(&timers[3])
		timers[19].fire = func() { close(done) }
		e.arm(&timers[19], 30*time.Millisecond)
	})
	<-done
	for i := 1; i < len(fired); i++ {
		if fired[i] < fired[i-1] || fired[i] == 3 {
			t.Errorf("fired %v", fired)
		}
	}
	if len(fired) != 18 {
		t.Errorf("fired %v", fired)
	}
}

// TestRandomLife drives a service by random letters and deaths, and a model of what the status file has to
// say beside it: the state machine fed with what the service's events tell.
func TestRandomLife(t *testing.T) {
	e := looped(t, scratchFile(t))
	d := newDaemon(t)
	l := d.service("life", "run", readySleeper, "notification-fd", "3", "finish", "#!/bin/sh\nexit 0\n", "down", "")
	sc := d.scan(e, ScanOptions{})
	l.wait("s")
	model := machine.New(false)
	rng := rand.New(rand.NewPCG(1, 2))
	apply := func(events ...machine.Event) {
		for _, event := range events {
			model, _ = machine.Step(model, event)
		}
	}
	for range 60 {
		up := model.Phase == machine.Up
		switch letter := "udoOUDQpc12kr"[rng.IntN(13)]; {
		case !up && strings.ContainsRune("uUo", rune(letter)):
			l.control(string(letter))
			l.wait("uU")
			apply(machine.Event(letter), machine.Started, machine.Notified)
		case up && strings.ContainsRune("dDkr12", rune(letter)):
			l.control(string(letter))
			apply(machine.Event(letter))
			if model.Paused { // a stopped process dies of KILL only
				l.control("k")
			}
			l.wait("dD")
			apply(machine.RunDied, machine.FinishStarted, machine.FinishDied)
			if model.WantUp {
				l.wait("uU")
				apply(machine.Timeout, machine.Started, machine.Notified)
			}
		default:
			l.control(string(letter))
			apply(machine.Event(letter))
		}
		e.Do(func() {}) // what was written to the fifo before is read in the turns before this one
		agree(t, e, sc, model)
	}
	d.end(e, sc)
}

// agree waits until the loop has read the control fifo, and compares.
func agree(t *testing.T, e *Engine, sc *Scan, model machine.State) {
	t.Helper()
	var got machine.State
	var st Status
	for empty := false; !empty; {
		e.Do(func() {
			en := sc.names["life"]
			fds := []unix.PollFd{{Fd: en.control, Events: unix.POLLIN}}
			n, _ := unix.Poll(fds, 0)
			empty, got = n == 0, en.state
			st, _ = ReadStatus(sys.AT, en.path)
		})
	}
	if got != model {
		t.Fatalf("the service is %+v, the model %+v", got, model)
	}
	if st.Ready != model.Ready || st.Paused != model.Paused || st.WantUp != model.WantUp || st.Up() != (model.Phase == machine.Up) {
		t.Fatalf("the status file says %+v, the model is %+v", st, model)
	}
}

// A watcher may give orders to the service it hears of.
func TestWatcherGivesOrders(t *testing.T) {
	e := looped(t, scratchFile(t))
	d := newDaemon(t)
	l := d.service("web", "run", sleeper)
	sc := d.scan(e, ScanOptions{})
	var cancel func()
	e.Do(func() {
		cancel = sc.Watch("web", func(event Event) {
			if event.Letters == "dD" {
				if err := sc.Control("web", "u"); err != nil {
					t.Error(err)
				}
			}
		})
	})
	l.wait("u")
	for range 5 {
		l.control("d")
		l.wait("dDu")
	}
	e.Do(func() {
		cancel()
		if en := sc.names["web"]; en.state.Phase != machine.Up || en.deadline.pos != 0 {
			t.Errorf("%+v with a deadline: %v", en.state, en.deadline.pos != 0)
		}
		if st, ok := sc.Status("web"); !ok || !st.Up() {
			t.Errorf("status %+v, %v", st, ok)
		}
	})
	d.end(e, sc)
}

// A supervisor that ends is there again at once if it is older than a second, else a second after it was started.
func TestTakenUpAgain(t *testing.T) {
	e := looped(t, scratchFile(t))
	d := newDaemon(t)
	l := d.service("web", "run", sleeper, "down", "")
	sc := d.scan(e, ScanOptions{})
	l.wait("s")
	for _, age := range []time.Duration{time.Hour, 0} {
		e.Do(func() {
			en := sc.names["web"]
			en.since -= int64(age)
			if err := sc.Control("web", "x"); err != nil {
				t.Error(err)
			}
			if en.retry.pos == 0 || en.retry.at != en.since+int64(restartDelay) {
				t.Errorf("a supervisor of age %v is back at %d", age, en.retry.at)
			}
		})
		l.wait("xs")
	}
	d.end(e, sc)
}
