package change

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"s6box/internal/proc"
	"s6box/logging/recent"
	"s6box/rc/db"
	"s6box/rc/live"
	"s6box/rc/plan"
)

// Executor carries out changes of one live directory, the locks of which the caller holds.
type Executor struct {
	DB       *db.DB
	Live     *live.Dir // nil: a dry run, nothing is recorded
	State    live.State
	Backend  Backend
	Deadline time.Time // when to give up; zero for never
	// Abort, if not nil, brings the names of signals that ask to end soon.
	Abort <-chan string
	// Say takes messages: the verbosity from which on one is shown, info or warning, and the text.
	Say func(verbosity int, level, text string)
	Out proc.FD // where Say writes to

	aborted bool
}

// Outcome is how a change as a whole ended.
type Outcome byte

const (
	Done    Outcome = iota
	Partial         // some transitions failed
	Expired         // the deadline passed; transitions may still be under way
)

// Code is the exit code of s6-rc for an outcome.
func (o Outcome) Code() int { return int(o) }

// Selection is what a change is about.
type Selection struct {
	Want  []bool // the services to bring up or down
	Named []bool // those of them that were asked for by name
	Down  bool
	Force bool // with Down: stop essential services too
}

// result is a Result with the transition it belongs to.
type result struct {
	t Transition
	Result
	said   recent.Log // where it may tell why
	shared bool       // with other services
}

// run is one change under way.
type run struct {
	*Executor
	sel     Selection
	plan    *plan.Plan
	results chan result
	active  map[int]activity
	outcome Outcome
}

// activity is a transition under way.
type activity struct {
	t     Transition
	since time.Time
}

// Change brings the services of a selection, and what they need, up or down.
func (x *Executor) Change(sel Selection) (Outcome, error) {
	op := Up
	if sel.Down {
		op = Down
	}
	x.Say(3, "info", "bringing selected services "+op.String())
	x.Mark(sel.Named, !sel.Down)
	req := plan.Request{Deps: x.DB.Graph(), Up: x.State.AllUp(), Want: sel.Want, Down: sel.Down}
	if sel.Down && !sel.Force {
		req.Keep = make([]bool, len(x.State))
		for n := range req.Keep {
			req.Keep[n] = x.DB.Services[n].Flags&db.Essential != 0
		}
	}
	r := x.newRun(sel)
	p, steps := plan.New(req)
	if err := x.writable(steps); err != nil {
		return Partial, err
	}
	r.plan = p
	r.take(steps, op)
	return r.loop()
}

// writable finds out that the state can't be recorded before anything has changed. What is recorded stays.
func (x *Executor) writable(steps []plan.Step) error {
	if x.Live == nil || !slices.ContainsFunc(steps, func(s plan.Step) bool { return s.Action == plan.Run }) {
		return nil
	}
	recorded, err := x.Live.ReadState(len(x.State))
	if err != nil {
		return err
	}
	return x.Live.WriteState(recorded)
}

// Mark notes that services were asked for by name, to be up or down. It is recorded with the next success.
func (x *Executor) Mark(named []bool, up bool) {
	for n, marked := range named {
		if marked {
			x.State.SetNamed(n, up)
		}
	}
}

// Reload tells services to reload their configuration, all at once, whatever depends on what.
func (x *Executor) Reload(services []int) (Outcome, error) {
	r := x.newRun(Selection{})
	for _, n := range services {
		t := x.transition(n, Reload)
		if x.Live != nil && t.Name == db.OneshotRunner { // has nothing to reload, and SIGHUP makes it end the scripts it runs
			if err := r.succeeded(t); err != nil {
				return r.outcome, err
			}
			continue
		}
		r.start(t)
	}
	return r.loop()
}

func (x *Executor) newRun(sel Selection) *run {
	return &run{Executor: x, sel: sel, results: make(chan result, len(x.DB.Services)), active: map[int]activity{}}
}

// take takes the turns of services.
func (r *run) take(steps []plan.Step, op Op) {
	for _, s := range steps {
		name := r.DB.Services[s.Service].Name
		switch s.Action {
		case plan.Already:
			r.Say(3, "info", "service "+name+": already "+op.String())
		case plan.Keep:
			r.Say(1, "warning", "service "+name+" is marked as essential, not stopping it")
		case plan.Run:
			if r.aborted {
				r.outcome = Partial
				continue
			}
			r.start(r.transition(s.Service, op))
		}
	}
}

func (x *Executor) transition(n int, op Op) Transition {
	s := &x.DB.Services[n]
	t := Transition{Service: n, Name: s.Name, Longrun: x.DB.IsLongrun(n), Op: op}
	if t.Longrun && op == Up && x.Live != nil {
		t.Notifies = x.Live.Notifies(s.Name)
	}
	ms := s.TimeoutUp
	if op == Down {
		ms = s.TimeoutDown
	}
	t.Timeout = time.Duration(ms) * time.Millisecond
	if !x.Deadline.IsZero() {
		left := max(time.Until(x.Deadline), 0)
		if x.Live != nil {
			left += time.Second // not before the deadline itself, which says more
		}
		if t.Timeout == 0 || left < t.Timeout {
			t.Timeout = left
		}
	}
	return t
}

// dry marks messages about what does not really happen.
func (x *Executor) dry() string {
	if x.Live == nil {
		return "dry run: "
	}
	return ""
}

func (r *run) start(t Transition) {
	if t.Op != Reload {
		r.Say(2, "info", r.dry()+"service "+t.Name+": "+[...]string{"starting", "stopping"}[t.Op])
	}
	since := time.Now()
	r.active[t.Service] = activity{t, since}
	r.Backend.Start(t, func(res Result) {
		ended := result{t: t, Result: res}
		if r.Live == nil || !telling(ended) {
			r.results <- ended
			return
		}
		go func() { // it may have to wait for a logger
			ended.said, ended.shared = r.said(t, since)
			r.results <- ended
		}()
	})
}

// loop takes in results until nothing is under way.
func (r *run) loop() (Outcome, error) {
	var deadline <-chan time.Time
	if !r.Deadline.IsZero() {
		timer := time.NewTimer(time.Until(r.Deadline))
		defer timer.Stop()
		deadline = timer.C
	}
	quiet := newPatience()
	defer quiet.stop()
	for len(r.active) > 0 {
		select {
		case res := <-r.results:
			r.heed() // what ended because of an order comes behind it
			if err := r.drain(res); err != nil {
				return r.outcome, err
			}
			quiet.reset()
		case <-quiet.C():
			r.Say(2, "info", r.waiting(time.Now()))
			quiet.longer()
		case <-deadline:
			r.Say(1, "warning", r.waiting(time.Now()))
			return Expired, nil
		case name := <-r.Abort:
			r.abort(name)
		}
	}
	return r.outcome, nil
}

// heed aborts if there is an order to.
func (r *run) heed() {
	select {
	case name := <-r.Abort:
		r.abort(name)
	default:
	}
}

func (r *run) abort(name string) {
	r.Say(2, "warning", "received "+name+", aborting pending processes and exiting asap")
	r.aborted = true
	r.Backend.Abort()
}

// Aborted tells whether there was an order to end soon. Nothing begins after one.
func (x *Executor) Aborted() bool { return x.aborted }

// drain takes in a result and those that came with it, and then records the new state once.
func (r *run) drain(res result) error {
	changed := false
	for {
		delete(r.active, res.t.Service)
		if res.OK() {
			changed = changed || res.t.Op != Reload
			if err := r.succeeded(res.t); err != nil {
				return err
			}
		} else {
			r.failed(res)
		}
		select {
		case res = <-r.results:
			continue
		default:
		}
		if changed && r.Live != nil {
			return r.Live.WriteState(r.State)
		}
		return nil
	}
}

func (r *run) succeeded(t Transition) error {
	r.Say(2, "info", r.dry()+"service "+t.Name+" successfully "+[...]string{"started", "stopped", "reloaded"}[t.Op])
	if t.Op == Reload {
		return nil
	}
	if r.Live != nil {
		if t.Longrun {
			if err := r.Live.SetDown(t.Name, t.Op == Down); err != nil {
				return err
			}
		}
	}
	r.State.Set(t.Service, t.Op == Up)
	r.take(r.plan.Done(t.Service), t.Op)
	return nil
}

func (r *run) failed(res result) {
	r.outcome = Partial
	t := res.t
	text := "unable to " + t.Op.verb() + " service " + t.Name + ": command "
	if res.Signal != 0 {
		text += "crashed with signal " + strconv.Itoa(int(res.Signal))
	} else {
		text += "exited " + strconv.Itoa(res.Code)
	}
	if res.Why != "" {
		text += " (" + res.Why + ")"
	}
	r.Say(1, "warning", text)
	r.quote(res)
	if t.Longrun && t.Op == Up {
		r.Backend.Control(t.Name, "d")
	}
	if r.plan == nil {
		return
	}
	if blocked := r.plan.Blocked(t.Service); len(blocked) > 0 {
		verb := "started"
		if t.Op == Down {
			verb = "stopped"
		}
		r.Say(1, "warning", "not "+verb+" because of "+t.Name+": "+r.list(blocked))
	}
}

// list names services, the first few of many.
func (r *run) list(services []int) string {
	const shown = 20
	var names []string
	for i, n := range services {
		if i == shown {
			names = append(names, "and "+strconv.Itoa(len(services)-shown)+" more")
			break
		}
		names = append(names, r.DB.Services[n].Name)
	}
	return strings.Join(names, ", ")
}
