package supervise

import (
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/fifodir"
	"s6box/internal/sys"
	"s6box/supervise/machine"
)

// step feeds an event to the state machine and does what it answers.
func (s *service) step(event machine.Event) {
	if s.launch != nil {
		s.engine.launch()
	}
	next, actions := machine.Step(s.state, event)
	s.state = next
	for _, a := range actions {
		s.do(a)
	}
}

func (s *service) do(a machine.Action) {
	switch a.Op {
	case machine.Start:
		s.start()
	case machine.RunFinish:
		s.step(s.startFinish())
	case machine.Signal:
		s.kill(s.pid, s.signal(a.Arg[0]))
	case machine.SignalGroup:
		s.kill(-s.pid, s.signal(a.Arg[0]))
	case machine.KillLate:
		s.killLate()
	case machine.StampChange:
		s.stamp = s.engine.stamp()
	case machine.StampReady:
		s.ready = s.engine.stamp()
		if s.state.Phase == machine.Up {
			s.ripeAt = s.engine.clock()
		}
	case machine.WriteStatus:
		s.writeStatus()
	case machine.Notify:
		s.event(a.Arg)
	case machine.CloseNotify:
		s.closeNotify()
	case machine.Tally:
		s.tally()
	case machine.CreateDown:
		s.createDown()
	case machine.RemoveDown:
		s.removeDown()
	case machine.Detach:
		s.detached = true
		s.owner.changed("")
	case machine.Exit:
		s.leave()
	default:
		s.schedule(a.Op)
	}
}

// Delays of the state machine.
const (
	restartDelay  = time.Second     // between two starts, at least
	retryDelay    = time.Minute     // after a start that failed
	killDelay     = 5 * time.Second // between two attempts to kill, or to write a status
	finishTimeout = 5000            // milliseconds a finish script may take where timeout-finish is absent
)

func (s *service) schedule(op machine.Op) {
	e := s.engine
	switch op {
	case machine.RestartRipe:
		e.armAt(&s.deadline, s.ripeAt+int64(restartDelay))
	case machine.RestartThrown:
		e.arm(&s.deadline, restartDelay)
	case machine.RestartLater:
		e.arm(&s.deadline, retryDelay)
	case machine.ArmAgain:
		e.arm(&s.deadline, killDelay)
	case machine.ArmKill:
		if s.deadline.pos == 0 {
			s.within(s.number("timeout-kill", 0))
		}
	case machine.ArmFinish:
		s.within(s.number("timeout-finish", finishTimeout))
	case machine.Disarm:
		e.disarm(&s.deadline)
	}
}

// within sets the deadline to so many milliseconds from now; 0 is never.
func (s *service) within(ms uint64) {
	if ms > 0 {
		s.engine.arm(&s.deadline, time.Duration(ms)*time.Millisecond)
	}
}

// signals are those of the letters of the control fifo.
var signals = [128]unix.Signal{
	'a': unix.SIGALRM, 'b': unix.SIGABRT, 'q': unix.SIGQUIT, 'h': unix.SIGHUP, 'k': unix.SIGKILL, 'K': unix.SIGKILL,
	't': unix.SIGTERM, 'i': unix.SIGINT, '1': unix.SIGUSR1, '2': unix.SIGUSR2, 'p': unix.SIGSTOP, 'P': unix.SIGSTOP,
	'c': unix.SIGCONT, 'C': unix.SIGCONT, 'y': unix.SIGWINCH,
}

func (s *service) signal(letter byte) unix.Signal {
	switch letter {
	case 'r':
		return s.signalFile("down-signal", unix.SIGTERM)
	case 'l':
		return s.signalFile("reload-signal", unix.SIGHUP)
	}
	return signals[letter]
}

func (s *service) kill(pid int, sig unix.Signal) {
	if s.run != nil {
		s.run.signal(sig)
		return
	}
	if pid != 0 && pid != -1 {
		unix.Kill(pid, sig)
	}
}

func (s *service) killLate() {
	target := s.pid
	if group, _ := sys.Exists(s.at(), "flag-timeout-killpg"); group {
		target = -target
	}
	s.kill(target, unix.SIGKILL)
	s.kill(target, unix.SIGCONT)
}

// writeStatus replaces the status file. Where no new file can be made, because the disk is full, the old
// one is overwritten: a state that is not true is worse than one that might be read halfway. If that fails
// too, it is tried again.
func (s *service) writeStatus() {
	st := s.status()
	err := writeStatus(s.at(), ".", &st)
	if err != nil {
		if s.overwriteStatus(&st) != nil {
			if !s.dirty {
				s.warn("unable to write supervise/status, trying again: %s", applet.Reason(err))
				s.dirty = true
			}
			s.engine.retryStatus(s)
			return
		}
	}
	s.dirty = false
}

// retryStatus writes the status of s again in a while.
func (e *Engine) retryStatus(s *service) {
	e.untrue = append(e.untrue, s)
	e.arm(&e.rewrite, killDelay)
}

func (e *Engine) rewriteAll() {
	services := e.untrue
	e.untrue = nil
	for _, s := range services {
		if s.dirty && s.opened() {
			s.writeStatus()
			s.rest()
		}
	}
}

func (s *service) overwriteStatus(st *Status) error {
	fd, err := sys.Open(s.at(), statusFile, unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	data := st.Encode()
	n, err := unix.Pwrite(fd, data[:], 0)
	if err == nil && n < len(data) {
		err = unix.ENOSPC
	}
	return err
}

func (s *service) event(letters string) {
	if _, err := fifodir.Notify(s.at(), "event", letters); err != nil {
		s.warn("unable to notify event %s: %s", letters, applet.Reason(err))
	}
	s.owner.changed(letters)
}

func (s *service) tally() {
	max := min(s.number("max-death-tally", defaultDeaths), mostDeaths)
	if max == 0 {
		return
	}
	if err := addDeath(s.at(), ".", newDeath(s.stamp, s.status().Exit), int(max)); err != nil {
		s.warn("unable to record the death in supervise/death_tally: %s", applet.Reason(err))
	}
}

func (s *service) createDown() {
	fd, err := sys.Open(s.at(), "down", unix.O_WRONLY|unix.O_CREAT|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0o666)
	if err != nil {
		s.warn("unable to create down: %s", applet.Reason(err))
		return
	}
	unix.Close(fd)
}

func (s *service) removeDown() {
	err := unix.Unlinkat(s.at(), "down", 0)
	if err == nil || err == unix.ENOENT {
		return
	}
	if there, _ := sys.Exists(s.at(), "down"); there { // a read-only file system does not look first
		s.warn("unable to remove down: %s", applet.Reason(err))
	}
}

// leave ends supervision. Who hears x finds no supervisor any more.
func (s *service) leave() {
	s.unlock()
	s.event("x")
	s.release()
	s.owner.gone()
}
