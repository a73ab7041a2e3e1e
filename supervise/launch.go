package supervise

import (
	"runtime"

	"s6box/internal/proc"
	"s6box/internal/workers"
	"s6box/supervise/machine"
)

// launch is a start of run that has been prepared. What is to be started in a turn of the loop is started together: most of
// it is waiting for the kernel, and one processor can do that for one service while another does it for the next.
type launch struct {
	st       *proc.State
	argv     []string
	pid      int
	err      error
	panicked bool
}

// together is how many services are started together: each of them needs descriptors, and the times in their status files
// are those when all have been started.
func together() int { return 4 * runtime.GOMAXPROCS(0) }

// launchLater has run started as soon as there are enough to start, the loop would wait, or something else happens to s.
func (s *service) launchLater(st *proc.State, argv []string) {
	e := s.engine
	e.spent()
	s.launch = &launch{st: st, argv: argv}
	if e.launches = append(e.launches, s); len(e.launches) >= together() {
		e.launch()
	}
}

// launch starts what waits for that.
func (e *Engine) launch() {
	all := e.launches
	if len(all) == 0 {
		return // most turns
	}
	e.launches = nil
	workers.EachAlone(len(all), func(i int) { all[i].ignite() })
	for _, s := range all {
		s.launched()
	}
}

// ignite starts run. It may be called outside of the loop, which waits for it: what it changes is of s alone.
func (s *service) ignite() {
	l := s.launch
	defer func() {
		if r := recover(); r != nil {
			s.engine.panicked(s.prog(), r)
			l.panicked = true
		}
	}()
	if l.pid, l.err = s.spawn(l.st, "./run", l.argv); l.err != nil {
		s.warn("unable to spawn ./run (waiting 60 seconds): %s", s.whyNot("run", l.err))
	}
}

// launched takes what came of it.
func (s *service) launched() {
	defer s.caught()
	l := s.launch
	s.launch = nil
	l.st.Release()
	switch {
	case l.panicked:
		s.mend()
	case l.err != nil:
		s.closeNotify()
		s.fail(machine.StartFailed)
	default:
		s.pid = l.pid
		s.step(machine.Started)
	}
}
