package supervise

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/parking"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// Options say what an Engine gives to the processes it starts, and how it speaks.
type Options struct {
	Prog   string           // the name in messages
	Env    proc.Env         // environment of services
	Stderr proc.FD          // messages go there
	Clock  func() tai.Stamp // what time it is for those who read status files; nil: the system's clock
	// Signals are handed to OnSignal. SIGCHLD is the engine's own.
	Signals  []os.Signal
	OnSignal func(unix.Signal)
}

// Engine is one event loop: descriptors, deadlines, signals and the death of children. All its state, and
// that of the services on it, belongs to the goroutine in Run; Post and Child may be called from anywhere.
type Engine struct {
	Options
	epoll, wake int
	base        time.Time // monotonic zero
	now         int64     // nanoseconds since base, at the start of the current turn
	slots       []slot
	free        []int32
	timers      timers
	quit        bool
	started     int   // processes started since memory was last given back
	lean        Timer // gives memory back after a burst of starts
	rewrite     Timer // writes the status files of untrue again
	untrue      []*service
	launches    []*service // to be started before the loop waits
	events      [64]unix.EpollEvent
	buf         [512]byte

	signals chan os.Signal
	pending atomic.Uint64 // signals received, by number

	mu     sync.Mutex
	posted []func()

	births   sync.RWMutex // excludes reaping while children are started
	childMu  sync.Mutex   // for those who start them
	children map[int]parent

	parking parking.Garage // of services at rest, if there are many
}

// parent is told of the death of a child it started.
type parent interface {
	died(pid int, status proc.Status)
}

// budget is how long the deadlines of one turn are worked off before descriptors get their turn.
const budget = 5 * time.Millisecond

// New makes an engine. Signals are its own from here on. It binds the calling goroutine, which must be the
// one that calls Run and Close, to its thread. A main goroutine that has not done much yet is on the main
// thread: that is where the kernel delivers signals, so the death of a child ends the loop's wait at once.
func New(o Options) (*Engine, error) {
	runtime.LockOSThread()
	proc.Still()
	e := &Engine{Options: o, base: time.Now(), children: make(map[int]parent), epoll: -1, wake: -1}
	var err error
	if e.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, applet.System(err, "poll")
	}
	if e.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		e.Close()
		return nil, applet.System(err, "create event descriptor")
	}
	if _, err = e.watch(e.wake, e.awake); err != nil {
		e.Close()
		return nil, applet.System(err, "poll")
	}
	e.lean.fire, e.rewrite.fire = e.slim, e.rewriteAll
	e.signals = make(chan os.Signal, 128)
	signal.Notify(e.signals, append([]os.Signal{unix.SIGCHLD, unix.SIGPIPE}, o.Signals...)...)
	go e.listen()
	e.raise(unix.SIGCHLD) // for what died before
	return e, nil
}

// Close gives up signals and descriptors. Children live on.
func (e *Engine) Close() {
	defer runtime.UnlockOSThread()
	if e.signals != nil {
		signal.Stop(e.signals)
		close(e.signals)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, fd := range []*int{&e.epoll, &e.wake} {
		if *fd >= 0 {
			unix.Close(*fd)
		}
		*fd = -1
	}
}

// Run turns the loop until Stop. The error is one of the loop itself: nothing can be supervised any more.
func (e *Engine) Run() error {
	for !e.quit {
		e.launch()
		n, err := unix.EpollWait(e.epoll, e.events[:], e.patience())
		if err != nil && err != unix.EINTR {
			return applet.System(err, "poll")
		}
		e.now = int64(time.Since(e.base))
		if err == unix.EINTR {
			e.Reap() // most likely why; the signal comes again through listen
		}
		for i := range max(n, 0) {
			e.deliver(&e.events[i])
		}
		e.expire()
	}
	return nil
}

// stamp is now, for status files. Deadlines do not depend on it: the clock may be set.
func (e *Engine) stamp() tai.Stamp {
	if e.Clock != nil {
		return e.Clock()
	}
	return tai.Now()
}

// Stop ends Run. It belongs into the loop.
func (e *Engine) Stop() { e.quit = true }

// Post runs f in the loop, soon. It never blocks.
func (e *Engine) Post(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.posted = append(e.posted, f); len(e.posted) == 1 { // else it has been woken up already
		e.notify()
	}
}

// Do runs f in the loop and returns when it is done. It must not be called in the loop.
func (e *Engine) Do(f func()) {
	done := make(chan struct{})
	e.Post(func() {
		defer close(done)
		f()
	})
	<-done
}

// notify wakes the loop; e.mu is held.
func (e *Engine) notify() {
	if e.wake >= 0 {
		unix.Write(e.wake, []byte{1, 0, 0, 0, 1, 0, 0, 0})
	}
}

func (e *Engine) awake() {
	unix.Read(e.wake, e.buf[:8])
	e.takeSignals()
	e.mu.Lock()
	posted := e.posted
	e.posted = nil
	e.mu.Unlock()
	for _, f := range posted {
		e.guard(f)
	}
}

// guard runs f; a panic is reported and goes no further.
func (e *Engine) guard(f func()) {
	defer func() {
		if r := recover(); r != nil {
			e.panicked(e.Prog, r)
		}
	}()
	f()
}

// Warn prints a warning in the name of the engine.
func (e *Engine) Warn(format string, args ...any) {
	applet.Say(e.Stderr, e.Prog, "warning", fmt.Sprintf(format, args...))
}

// panicked reports a panic that was caught.
func (e *Engine) panicked(prog string, reason any) {
	applet.Say(e.Stderr, prog, "warning", fmt.Sprintf("internal error, starting afresh: %v\n%s", reason, debug.Stack()))
}

// Memory goes back to the system once nothing has been started for a while.
const (
	settle = 2 * time.Second
	burst  = 32 // so many starts leave garbage worth collecting
)

// spent counts a start.
func (e *Engine) spent() {
	e.started++
	e.arm(&e.lean, settle)
}

func (e *Engine) slim() {
	if e.started >= burst {
		debug.FreeOSMemory()
	}
	sys.ForgetProgram()
	e.started = 0
}

// headroom is how many descriptors stay free for what a service needs now and then.
const headroom = 16

// openFile opens a file in a directory; the reason of a failure for want of descriptors says so.
func (e *Engine) openFile(dir int, name string, flags int, mode uint32) (int, error) {
	fd, err := sys.Open(dir, name, flags, mode)
	if err == unix.EMFILE {
		return fd, tooMany(fileLimit())
	}
	return fd, err
}

// openHeld is openFile for a descriptor that stays open: it leaves headroom, so that those who have theirs
// can go on.
func (e *Engine) openHeld(dir int, name string, flags int, mode uint32) (int, error) {
	fd, err := e.openFile(dir, name, flags, mode)
	if err != nil {
		return fd, err
	}
	if limit := fileLimit(); uint64(fd)+headroom > limit {
		unix.Close(fd)
		return -1, tooMany(limit)
	}
	return fd, nil
}

func fileLimit() uint64 {
	var limit unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_NOFILE, &limit)
	return limit.Cur
}

// tooMany is the error of those who find no descriptor left: the limit.
type tooMany uint64

func (limit tooMany) Error() string {
	return fmt.Sprintf("%s (the limit is %d: raise it, ulimit -Hn)", applet.Reason(unix.EMFILE), uint64(limit))
}
