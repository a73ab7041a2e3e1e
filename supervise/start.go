package supervise

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/supervise/machine"
)

// start starts the function that stands for run, or makes everything ready for run itself.
func (s *service) start() {
	if s.native != nil {
		s.step(s.startNative())
		return
	}
	st := proc.New(s.engine.Env)
	argv, failure := s.makeReady(st)
	if argv == nil {
		st.Release()
		s.fail(failure)
		return
	}
	s.launchLater(st, argv)
}

// fail is for a start that came to nothing.
func (s *service) fail(failure machine.Event) {
	s.step(failure)
	s.owner.notStarted()
}

// makeReady gives st what run gets, and returns how it is called; nil if something failed.
func (s *service) makeReady(st *proc.State) (argv []string, failure machine.Event) {
	argv = []string{"./run", s.name}
	notify, lock := s.descriptor("notification-fd"), s.descriptor("lock-fd")
	if notify != 0 && notify == lock {
		s.warn("unable to start service: notification-fd and lock-fd are the same")
		return nil, machine.StartRefused
	}
	err := s.stdio(st)
	if err != nil {
		s.warn("unable to prepare stdin and stdout (waiting 60 seconds): %s", applet.Reason(err))
		return nil, machine.StartFailed
	}
	if notify != 0 {
		if err := s.openNotify(st, notify); err != nil {
			s.warn("unable to create notification pipe (waiting 60 seconds): %s", applet.Reason(err))
			return nil, machine.StartFailed
		}
	}
	if lock != 0 {
		if argv, err = s.lockService(st, lock, argv); err != nil {
			s.closeNotify()
			s.warn("unable to open supervise/service-lock (waiting 60 seconds): %s", applet.Reason(err))
			return nil, machine.StartFailed
		}
	}
	if isolate, _ := sys.Exists(s.at(), "flag-newpidns"); isolate {
		st.NewPIDNamespace()
	}
	return argv, 0
}

// startFinish starts finish, if there is one.
func (s *service) startFinish() machine.Event {
	if s.native != nil {
		return machine.NoFinish
	}
	if there, err := sys.Exists(s.at(), "finish"); !there && err == nil {
		return machine.NoFinish
	}
	st := proc.New(s.engine.Env)
	defer st.Release()
	status := proc.Status(s.exit)
	argv := []string{"finish", strconv.Itoa(min(status.Code(), 256)), strconv.Itoa(int(status.Signal())), s.name, strconv.Itoa(s.pgid)}
	err := s.stdio(st)
	if err == nil {
		s.engine.spent()
		s.pid, err = s.spawn(st, "./finish", argv)
	}
	if err != nil {
		s.pid = 0
		s.warn("unable to spawn ./finish: %s", s.whyNot("finish", err))
		return machine.NoFinish
	}
	return machine.FinishStarted
}

// stdio gives st the descriptors, the directory and the session that everything s starts has.
func (s *service) stdio(st *proc.State) error {
	st.Enter(s.at(), s.path)
	if err := st.Setsid(); err != nil {
		return err
	}
	if err := s.owner.stdio(st); err != nil || !s.detached {
		return err
	}
	null, err := sys.Open(sys.AT, "/dev/null", unix.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := st.SetFD(0, null); err != nil {
		return err
	}
	return st.CopyFD(1, 0)
}

// openNotify makes the notification pipe: its write end is descriptor number of st.
func (s *service) openNotify(st *proc.State, number int) error {
	r, w, err := proc.Pipe()
	if err != nil {
		return err
	}
	if err := st.SetFD(number, w); err != nil {
		unix.Close(r)
		return err
	}
	if err := unix.SetNonblock(r, true); err != nil {
		unix.Close(r)
		return err
	}
	tok, err := s.engine.watch(r, s.notified)
	if err != nil {
		unix.Close(r)
		return err
	}
	s.notify, s.notifyTok = int32(r), tok
	return nil
}

// lockService opens the lock file of lock-fd for st. If nobody holds the lock it is taken here and handed
// on; else the service waits for it, as s6-setlock.
func (s *service) lockService(st *proc.State, number int, argv []string) ([]string, error) {
	const file = "supervise/service-lock"
	fd, err := s.engine.openFile(s.at(), file, unix.O_WRONLY|unix.O_CREAT|unix.O_NONBLOCK, 0o644)
	if err != nil {
		return nil, err
	}
	var was unix.Stat_t
	if unix.Fstat(fd, &was) == nil && was.Size > 0 {
		s.warn("a previous instance of the service wrote to the lock file!")
		unix.Ftruncate(fd, 0)
	}
	if sys.Lock(fd) == nil {
		return argv, st.SetFD(number, fd)
	}
	unix.Close(fd)
	s.warn("another instance of the service is already running, child will block")
	return append([]string{"s6-setlock", "-d", strconv.Itoa(number), "--", file}, argv...), nil
}

// spawn starts file of the service directory as argv on st: in part here, if it is a script of ours.
func (s *service) spawn(st *proc.State, file string, argv []string) (int, error) {
	return s.engine.child(func() (int, error) {
		if argv[0] == "s6-setlock" {
			return st.Spawn(proc.Self(), argv)
		}
		sb, _ := chain.ReadShebang(s.at(), file)
		if pid, ok, err := s.evaluate(st, sb, file, argv[1:]); ok {
			return pid, err
		}
		if words, ok := sb.StandIn(st, file, argv[1:]); ok && executable(s.at(), file) {
			return st.Spawn(proc.Self(), words)
		}
		pid, err := st.Spawn(file, argv)
		if err != nil {
			return s.interpreted(st, sb, file, argv, err)
		}
		return pid, nil
	}, s)
}
