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

// launchLater has run started before the loop waits, or the next thing happens to s.
func (s *service) launchLater(st *proc.State, argv []string) {
	s.engine.spent()
	s.launch = &launch{st: st, argv: argv}
	s.engine.launches = append(s.engine.launches, s)
}

// launch starts what waits for that. A few are started before it is told of them, so that the times in their status files
// are right.
func (e *Engine) launch() {
	for len(e.launches) > 0 {
		some := e.launches[:min(len(e.launches), 4*runtime.GOMAXPROCS(0))]
		e.launches = e.launches[len(some):]
		workers.EachAlone(len(some), func(i int) { some[i].ignite() })
		for _, s := range some {
			s.launched()
		}
	}
	e.launches = nil
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
