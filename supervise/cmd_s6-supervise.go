package supervise

import (
	"os"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/supervise/machine"
)

var cmdS6Supervise = applet.Applet{
	Name:  "s6-supervise",
	Usage: "dir",
	Help: `Supervises the service directory dir: starts its run file, and starts it again whenever it dies.
Normally s6-svscan does this for all services.

Signals: TERM brings the service down and exits, HUP exits when the service is down, QUIT exits and leaves
the service as it is, INT is passed on to the service's process group.

Exit codes: 0 told to exit; 100 wrong usage, or dir has a supervisor; 111 a system call failed.

Example: s6-supervise /run/service/web
`,
	Run: runSupervise,
}

// single is the service of s6-supervise.
type single struct {
	service
	process *proc.State // s6-supervise itself
}

func runSupervise(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	name := inv.Args[0]
	inv.Proc.OpenStd()
	if err := inv.Proc.Chdir(name); err != nil {
		return applet.System(err, "chdir to %s", name)
	}
	inv.Prog += " " + name
	s := &single{process: inv.Proc}
	e, err := New(Options{
		Prog: inv.Prog, Env: inv.Proc.Env, Stderr: inv.Proc.Stderr(),
		Signals: []os.Signal{unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGINT}, OnSignal: s.received,
	})
	if err != nil {
		return err
	}
	defer e.Close()
	s.init(e, s)
	s.name = name
	if s.path, err = inv.Proc.Getwd(); err != nil {
		return applet.System(err, "getcwd")
	}
	dir, err := sys.Open(sys.AT, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return applet.System(err, "open .")
	}
	if err := s.open(dir); err != nil {
		return err
	}
	return e.Run()
}

func (s *single) received(sig unix.Signal) {
	defer s.caught()
	if !s.opened() {
		return // not begun, or over
	}
	switch sig {
	case unix.SIGTERM:
		s.step(machine.Terminate)
	case unix.SIGHUP:
		s.step(machine.Hangup)
	case unix.SIGQUIT:
		s.step(machine.Quit)
	case unix.SIGINT:
		s.step(machine.Interrupt)
	}
}

func (s *single) stdio(*proc.State) error { return nil }
func (s *single) gone()                   { s.engine.Stop() }

func (s *single) notStarted() {}

// changed gives up stdin and stdout when asked to: they may be the log pipe, whose other side waits for
// its end.
func (s *single) changed(letters string) {
	if letters != "" {
		return
	}
	null, err := sys.Open(sys.AT, "/dev/null", unix.O_RDWR, 0)
	if err != nil {
		s.warn("unable to open /dev/null: %s", applet.Reason(err))
		return
	}
	defer unix.Close(null)
	s.process.CopyFD(0, null)
	s.process.CopyFD(1, null)
}
