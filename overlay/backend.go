package overlay

import (
	"sync"

	"golang.org/x/sys/unix"

	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/rc/change"
	"s6box/rc/db"
	"s6box/rc/live"
)

// backend makes the transitions of services in this process. What the overlay's own oneshots do is done by
// functions; the scripts of the others are children.
type backend struct {
	*change.Inside
	life *life
	db   *db.DB
}

func (l *life) backend(d *db.DB, dir *live.Dir) *backend {
	b := &backend{life: l, db: d}
	b.Inside = &change.Inside{Engine: l.engine, Scan: l.scan, Live: dir, Script: b.script}
	return b
}

// Start begins a transition.
func (b *backend) Start(t change.Transition, done func(change.Result)) {
	if !t.Longrun {
		if run := b.life.native(b.argv(t)); run != nil {
			go func() { done(change.Ended(proc.Exited(run()))) }()
			return
		}
	}
	b.Inside.Start(t, func(res change.Result) {
		if !t.Longrun {
			b.life.oneshots.remove(t.Name)
		}
		done(res)
	})
}

// argv is the command line of a oneshot's transition.
func (b *backend) argv(t change.Transition) []string {
	s := &b.db.Services[t.Service]
	return [...][]string{change.Up: s.Up, change.Down: s.Down, change.Reload: s.Reload}[t.Op]
}

// script starts the script of a oneshot, in a session of its own.
func (b *backend) script(t change.Transition) (pid int, status proc.Status, err error) {
	argv := b.argv(t)
	if len(argv) == 0 {
		return 0, 0, nil
	}
	st := proc.New(b.life.env.Set("RC_NAME", t.Name))
	defer st.Release()
	if err := st.Chdir(b.Live.Servicedir(db.OneshotRunner)); err != nil {
		return 0, 0, err
	}
	if err := st.Setsid(); err != nil {
		return 0, 0, err
	}
	pid, status, err = chain.StartRest(st, "s6-rc-oneshot-run", b.life.executable(argv))
	if pid > 0 {
		b.life.oneshots.add(t.Name, pid)
	}
	return pid, status, err
}

// running are the children that have to end when the container stops before they are done. Each leads a
// session of its own.
type running struct {
	mu     sync.Mutex
	pids   map[string]int
	killed unix.Signal
	spared int // how many want them to be done
}

// add takes a child in. One that comes while they are being killed is killed at once.
func (r *running) add(name string, pid int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pids == nil {
		r.pids = make(map[string]int)
	}
	r.pids[name] = pid
	if r.killed != 0 {
		signalGroup(pid, r.killed)
	}
}

func (r *running) remove(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pids, name)
}

// kill ends those that run and those that come, unless they are spared.
func (r *running) kill(sig unix.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spared > 0 {
		return
	}
	r.killed = sig
	for _, pid := range r.pids {
		signalGroup(pid, sig)
	}
}

// spare has those that run and those that come done, whatever order comes, until end is called: what a container
// does on its way down.
func (r *running) spare() (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.killed = 0
	r.spared++
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.spared--
	}
}

// signalGroup signals a child that leads a session of its own, and what it has started there.
func signalGroup(pid int, sig unix.Signal) {
	unix.Kill(-pid, sig)
	unix.Kill(-pid, unix.SIGCONT)
}
