package change

import (
	"errors"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/rc/live"
	"s6box/rc/runner"
	"s6box/supervise"
)

// Fifo is the backend for programs beside the supervisors: it writes to control fifos and listens to event
// directories, and has oneshots run by the runner of the live directory.
type Fifo struct {
	live    *live.Dir
	scripts *runner.Client
	epoll   int
	mu      sync.Mutex
	waits   map[int]*wait // by the descriptor that events come on
	backlog []pending     // transitions that found no descriptor free
}

// pending is a transition that has not begun.
type pending struct {
	t    Transition
	done func(Result)
}

// wait is a longrun on its way.
type wait struct {
	t     Transition
	watch *supervise.Follower
	since time.Time
	timer *time.Timer // of the transition's timeout
	check *time.Timer // when to look whether the supervisor can't start it
	done  func(Result)
}

// unable is how long a service that is wanted up may be down before its supervisor is taken to have failed
// to start it: no event tells that, and a service that died is started again after a second.
const unable = 2 * time.Second

// NewFifo makes a backend for a live directory. It lasts as long as this process. Scripts of oneshots get
// the descriptors stdio.
func NewFifo(l *live.Dir, stdio [3]int) (*Fifo, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	f := &Fifo{live: l, scripts: runner.NewClient(l, stdio), epoll: epoll, waits: map[int]*wait{}}
	go f.loop()
	return f, nil
}

func (f *Fifo) Start(t Transition, done func(Result)) {
	if !t.Longrun {
		f.scripts.Start(t.Op.String(), t.Service, t.Timeout, func(status proc.Status, err error) {
			done(oneshotResult(t, status, err))
		})
		return
	}
	if t.Op == Reload {
		done(controlled(f.Control(t.Name, "l")))
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.start(t, done)
}

func oneshotResult(t Transition, status proc.Status, err error) Result {
	switch {
	case err == runner.ErrTimeout:
		return timedOut(t)
	case err != nil:
		return Failed(err)
	}
	return Ended(status)
}

// Control writes letters to the control fifo of a longrun.
func (f *Fifo) Control(name, letters string) error {
	return supervise.Control(sys.AT, f.live.Servicedir(name), letters)
}

// start begins to follow a longrun, then tells its supervisor what to do.
func (f *Fifo) start(t Transition, done func(Result)) {
	goal, letter := supervise.Goal{Ready: true}, "d"
	if t.Op == Up {
		goal, letter = supervise.Goal{Up: true, Ready: t.Notifies}, "u"
	}
	watch, err := supervise.Follow(sys.AT, f.live.Servicedir(t.Name), goal)
	if (errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE)) && len(f.waits) > 0 {
		f.backlog = append(f.backlog, pending{t, done})
		return
	}
	if errors.Is(err, unix.ENOENT) {
		done(noSupervisor())
		return
	}
	if err != nil {
		done(Failed(err))
		return
	}
	res := controlled(f.Control(t.Name, letter))
	if !res.OK() || watch.Outcome() != supervise.Pending {
		watch.Release()
		done(res)
		return
	}
	fd := watch.FD()
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	if err := unix.EpollCtl(f.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		watch.Release()
		done(Failed(err))
		return
	}
	w := &wait{t: t, watch: watch, done: done, since: time.Now()}
	f.waits[fd] = w
	if t.Op == Up {
		w.check = time.AfterFunc(unable, func() { f.lookAt(fd, w) })
	}
	if t.Timeout > 0 {
		w.timer = time.AfterFunc(t.Timeout, func() { f.expire(fd, w) })
	}
}

// finish ends a wait. Descriptors are free again for the backlog.
func (f *Fifo) finish(fd int, w *wait, res Result) {
	delete(f.waits, fd)
	for _, timer := range []*time.Timer{w.timer, w.check} {
		if timer != nil {
			timer.Stop()
		}
	}
	w.watch.Release()
	w.done(res)
	if backlog := f.backlog; len(backlog) > 0 {
		f.backlog = backlog[1:]
		f.start(backlog[0].t, backlog[0].done)
	}
}

func (f *Fifo) expire(fd int, w *wait) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waits[fd] == w {
		res := timedOut(w.t)
		if status, err := supervise.ReadStatus(sys.AT, f.live.Servicedir(w.t.Name)); err == nil {
			res = late(w.t, status)
		}
		f.finish(fd, w, res)
	}
}

// lookAt ends the wait for a longrun that its supervisor could not start.
func (f *Fifo) lookAt(fd int, w *wait) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waits[fd] != w {
		return
	}
	status, err := supervise.ReadStatus(sys.AT, f.live.Servicedir(w.t.Name))
	down := time.Since(status.Stamp.Time())
	if err == nil && status.WantUp && status.Pid == 0 && min(down, time.Since(w.since)) >= unable {
		f.finish(fd, w, notStarted())
		return
	}
	w.check.Reset(unable)
}

// Abort ends the wait for every longrun. Those that have not begun do not begin.
func (f *Fifo) Abort() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.backlog {
		p.done(aborted())
	}
	f.backlog = nil
	for fd, w := range f.waits {
		f.finish(fd, w, aborted())
	}
}

// loop takes in events as long as this process lives.
func (f *Fifo) loop() {
	var events [64]unix.EpollEvent
	for {
		n, err := unix.EpollWait(f.epoll, events[:], -1)
		if err != nil && err != unix.EINTR {
			return
		}
		f.mu.Lock()
		for _, e := range events[:max(n, 0)] {
			if w := f.waits[int(e.Fd)]; w != nil {
				f.heard(int(e.Fd), w)
			}
		}
		f.mu.Unlock()
	}
}

func (f *Fifo) heard(fd int, w *wait) {
	_, err := w.watch.Read(func() bool { return w.watch.Outcome() != supervise.Pending })
	switch w.watch.Outcome() {
	case supervise.Reached:
		f.finish(fd, w, Result{})
	case supervise.Failed:
		f.finish(fd, w, gaveUp())
	case supervise.Died:
		f.finish(fd, w, noSupervisor())
	default:
		if err != nil {
			f.finish(fd, w, Failed(err))
		}
	}
}
