package supervise

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/fifodir"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/tai"
	"s6box/supervise/machine"
)

// service is one service directory under supervision. Everything in it is reached through dir, because the
// directory may be renamed at any time.
type service struct {
	engine *Engine
	owner  owner
	name   string // as its run file is told
	path   string // absolute, as known when it was found

	files                       // the directory, its lock and its control fifo
	notify                int32 // descriptor; -1: none
	controlTok, notifyTok int32

	state    machine.State
	exit     uint16 // how run last ended
	detached bool
	dirty    bool // the status file does not tell the truth
	warned   bool // of a script without mode bit
	pid      int  // of run or finish
	pgid     int  // of the last run
	stamp    tai.Stamp
	ready    tai.Stamp
	ripeAt   int64 // when it was last ready, on the engine's clock
	deadline Timer
	launch   *launch // of run, that has not been carried out

	native Native // nil: the run file is what runs
	run    *nativeRun
}

// owner is what a service belongs to: a scan directory, or the program s6-supervise.
type owner interface {
	stdio(st *proc.State) error // gives what is started its descriptors
	changed(letters string)     // after each event; "" when nothing that is started needs stdin and stdout
	notStarted()                // run could not be started
	gone()                      // supervision has ended
}

// errBusy says that another supervisor holds the lock of a service directory.
var errBusy = &applet.Error{Code: applet.ExitUsage, Level: "fatal", Msg: "another instance of s6-supervise is already running"}

func (s *service) init(e *Engine, o owner) {
	s.engine, s.owner = e, o
	s.files, s.notify = noFiles, -1
	s.deadline.fire = s.expired
}

func (s *service) prog() string { return "s6-supervise " + s.name }

func (s *service) warn(format string, args ...any) {
	applet.Say(s.engine.Stderr, s.prog(), "warning", fmt.Sprintf(format, args...))
}

// open takes the service directory dirfd over and starts supervising: the service is started if it has no
// down file. On failure dirfd is closed.
func (s *service) open(dirfd int) error {
	s.dirfd = int32(dirfd)
	defer s.rest()
	err := s.prepare()
	if err != nil {
		s.release()
		return err
	}
	down, _ := sys.Exists(dirfd, "down")
	s.state = machine.New(!down)
	s.stamp = s.engine.stamp()
	s.ready = s.stamp
	s.pid, s.exit, s.detached = 0, 0, false
	s.do(machine.Action{Op: machine.WriteStatus})
	s.do(machine.Action{Op: machine.Notify, Arg: "s"})
	if !down {
		s.engine.arm(&s.deadline, 0) // its run script may ask for others, which are to be there: they are opened first
	}
	return nil
}

// prepare makes the files of a supervised directory and takes its lock (page servicedir).
func (s *service) prepare() error {
	dir := int(s.dirfd)
	if err := makeDir(dir, "event", func(name string) error {
		return fifodir.Make(dir, name, unix.Getegid(), false)
	}); err != nil {
		return err
	}
	if err := makeDir(dir, "supervise", func(name string) error { return unix.Mkdirat(dir, name, 0o700) }); err != nil {
		return err
	}
	var err error
	if s.lock, err = s.takeLock("supervise/lock", 0o644); err != nil {
		return err
	}
	if s.control, err = s.engine.controlFifo(dir, "supervise/control"); err != nil {
		return err
	}
	if err := fifodir.Clean(dir, "event"); err != nil {
		s.warn("unable to clean event: %s", applet.Reason(err))
	}
	if err := writeDeaths(dir, ".", nil); err != nil {
		s.warn("unable to create supervise/death_tally: %s", applet.Reason(err))
	}
	s.controlTok, err = s.engine.watch(int(s.control), s.controlled)
	if err != nil {
		return applet.System(err, "poll supervise/control")
	}
	return nil
}

// makeDir makes sure that there is a directory called name. It makes it, or the one that a dangling link of
// that name points to.
func makeDir(dir int, name string, make func(name string) error) error {
	var st unix.Stat_t
	err := unix.Fstatat(dir, name, &st, 0)
	switch {
	case err == unix.ENOENT:
		target := name
		var buf [unix.PathMax]byte
		if n, err := unix.Readlinkat(dir, name, buf[:]); err == nil {
			target = string(buf[:n])
		}
		err = make(target)
	case err == nil && st.Mode&unix.S_IFMT != unix.S_IFDIR:
		return applet.Fatal(applet.ExitUsage, "%s exists and is not a directory", name)
	}
	if err != nil && err != unix.EEXIST {
		return applet.System(err, "create %s", name)
	}
	return nil
}

// takeLock opens a lock file and locks it. One that it makes has the mode whatever the umask is: who may look
// into the directory asks it whether there is a supervisor.
func (s *service) takeLock(name string, mode uint32) (int32, error) {
	existed, _ := sys.Exists(s.at(), name)
	fd, err := s.engine.openHeld(s.at(), name, unix.O_WRONLY|unix.O_CREAT|unix.O_NONBLOCK, mode)
	if err != nil {
		return -1, applet.System(err, "open %s", name)
	}
	if !existed {
		unix.Fchmod(fd, mode)
	}
	switch err := sys.Lock(fd); {
	case err == unix.EAGAIN || err == unix.EACCES:
		unix.Close(fd)
		return -1, errBusy
	case err != nil:
		unix.Close(fd)
		return -1, applet.System(err, "lock %s", name)
	}
	return int32(fd), nil
}

// controlFifo makes a control fifo and opens it. Opened for both directions it has a reader, as clients
// want, and never ends.
func (e *Engine) controlFifo(dir int, name string) (int32, error) {
	switch err := sys.Mkfifo(dir, name, 0o600); err {
	case nil:
	case sys.ErrNotFifo:
		return -1, applet.Fatal(applet.ExitUsage, "%s is not a FIFO", name)
	default:
		return -1, applet.System(err, "mkfifo %s", name)
	}
	fd, err := e.openHeld(dir, name, unix.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		return -1, applet.System(err, "open %s", name)
	}
	return int32(fd), nil
}

// release gives everything up but the processes.
func (s *service) release() {
	s.unlock()
	s.closeNotify()
	closeAll(&s.dirfd)
	s.engine.disarm(&s.deadline)
	s.dirty = false
}

// unlock gives up the control fifo and the lock: nothing supervises the directory from here on.
func (s *service) unlock() {
	s.at()
	if s.controlTok > 0 {
		s.engine.unwatch(int(s.control), s.controlTok)
	}
	s.controlTok = 0
	s.unpark()
	closeAll(&s.control, &s.lock)
}

func closeAll(fds ...*int32) {
	for _, fd := range fds {
		if *fd >= 0 {
			unix.Close(int(*fd))
		}
		*fd = -1
	}
}

// controlled reads the control fifo. What is left after a buffer full waits for the next turn, so that
// nobody can keep the loop busy.
func (s *service) controlled() {
	defer s.caught()
	s.at()
	n, err := unix.Read(int(s.control), s.engine.buf[:])
	if err != nil {
		return
	}
	for _, letter := range s.engine.buf[:n] {
		if s.state.Phase == machine.Gone {
			return
		}
		s.step(machine.Event(letter))
	}
}

// notified reads the notification pipe: a newline is readiness.
func (s *service) notified() {
	defer s.caught()
	n, err := unix.Read(int(s.notify), s.engine.buf[:])
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
	case err != nil || n == 0:
		s.closeNotify()
	default:
		for _, c := range s.engine.buf[:n] {
			if c == '\n' {
				s.step(machine.Notified)
				return
			}
		}
	}
}

func (s *service) closeNotify() {
	if s.notify >= 0 {
		s.engine.unwatch(int(s.notify), s.notifyTok)
		unix.Close(int(s.notify))
		s.notify = -1
	}
}

func (s *service) expired() {
	defer s.caught()
	if s.state.Phase == machine.Finish {
		s.warn("finish script lifetime reached maximum value - sending it a SIGKILL")
	}
	s.step(machine.Timeout)
}

// died takes the death of run or finish.
func (s *service) died(pid int, status proc.Status) {
	defer s.caught()
	if pid != s.pid || s.state.Phase == machine.Gone {
		return // left behind by a supervision that has ended
	}
	s.pid = 0
	switch {
	case s.state.Phase == machine.Up:
		s.exit, s.pgid = uint16(status), pid
		s.step(machine.RunDied)
	case status.Code() == permanentFailure:
		s.step(machine.FinishRefused)
	default:
		s.step(machine.FinishDied)
	}
}

// permanentFailure is the exit code by which finish says that the service has failed for good: it is not started again.
const permanentFailure = 125

// caught is deferred around everything done for s: a panic costs the others nothing, and s is taken up
// again as it is. Then s rests until the next event.
func (s *service) caught() {
	if r := recover(); r != nil {
		s.engine.panicked(s.prog(), r)
		s.mend()
	}
	s.rest()
}

// mend puts the state right after a panic: what lives decides.
func (s *service) mend() {
	switch {
	case s.state.Phase == machine.Gone || !s.opened():
		return
	case s.pid != 0 && s.state.Phase != machine.Finish:
		s.state.Phase = machine.Up
	case s.pid != 0:
	default:
		s.closeNotify()
		s.state.Phase, s.state.Ready = machine.Down, true
		if s.state.WantUp {
			s.engine.arm(&s.deadline, time.Second)
		}
	}
	s.writeStatus()
}

// Status is what supervise/status says, or should say.
func (s *service) status() Status {
	return Status{
		Stamp: s.stamp, ReadyStamp: s.ready, Pid: s.pid, Exit: proc.Status(s.exit),
		Paused: s.state.Paused, Finishing: s.state.Phase == machine.Finish, WantUp: s.state.WantUp, Ready: s.state.Ready && s.state.Phase != machine.Starting,
	}
}
