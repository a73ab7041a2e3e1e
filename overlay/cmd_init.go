package overlay

import (
	"fmt"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/rundir"
	"s6box/internal/sys"
	"s6box/withcontenv"
)

var cmdInit = applet.Applet{
	Name:  prog,
	Usage: "[ command... ]",
	Help: `Is the first process of a container: it sets up the state directory, supervises services, brings those of
/etc/s6-overlay up in the order of their dependencies, runs the command, and when that ends, or at a
signal, takes everything down again and ends with the exit code of the command. It need not be process 1.

Environment: the S6_ variables of s6-overlay; S6BOX_RUN, a state directory in place of /run.

Signals: SIGTERM, SIGINT, SIGQUIT, SIGUSR2 and SIGRTMIN+3 stop the container, SIGUSR1 and SIGPWR power it off, SIGHUP
has the scan directory looked at again.

Exit codes: that of the command, 128 and the signal that killed it, or what is in
/run/s6-linux-init-container-results/exitcode. 100 or 111 when the container can't be set up.

Example: docker run --entrypoint /init image command
`,
	Run: runInit,
}

// container is the one that /init runs: what is set once, when it starts.
type container struct {
	inv      *applet.Invocation
	settings Settings
	doubts   []string // what has been said of settings that make no sense
	run      string   // state directory
	whole    proc.Env // as the container was started
	env      proc.Env // as services are started
	dir      string   // where the command runs
	stdio    [3]int   // descriptors the container was started with
	first    bool     // this is process 1

	early <-chan os.Signal // what has come before anything is supervised
	stop  chan struct{}    // closed when the container is to stop
	hush  time.Time        // when it no longer waits for those who read its messages; set before stop is closed
}

// stopSignals are those that end the container.
var stopSignals = []os.Signal{unix.SIGTERM, unix.SIGINT, unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGPWR, proc.SystemdHalt}

func runInit(inv *applet.Invocation) error {
	c := &container{inv: inv, whole: inv.Proc.Env, first: unix.Getpid() == 1, early: inv.Proc.Held(), stop: make(chan struct{})}
	if c.early == nil {
		early := make(chan os.Signal, 16)
		signal.Notify(early, stopSignals...)
		c.early = early
	}
	c.settings, c.doubts = ReadSettings(c.whole)
	place := &place{Settings: c.settings, env: c.whole, stderr: inv.Proc.Stderr()}
	for _, doubt := range c.doubts {
		place.warn("%s", doubt)
	}
	c.awaitManager()
	if err := c.setUp(place); err != nil {
		return hintedStart(err)
	}
	s, err := c.supervise()
	if err != nil {
		return hintedStart(err)
	}
	return s.live()
}

// awaitManager waits until the container manager is ready, where the container is told to (S6_WAIT_FOR_CLOSING_FD)
// or a pipe is left on descriptor 3 by one that does not tell.
func (c *container) awaitManager() {
	if fd := c.settings.ClosingFD; fd >= 3 {
		drain(fd, false)
		return
	}
	var st unix.Stat_t
	if unix.Fstat(3, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO {
		flags, err := unix.FcntlInt(3, unix.F_GETFL, 0)
		if err == nil && flags&unix.O_ACCMODE == unix.O_RDONLY {
			drain(3, true)
		}
	}
}

// drain reads a descriptor to its end, or to a newline, and closes it.
func drain(fd int, line bool) {
	buf := make([]byte, 64)
	for {
		n, err := proc.FD(fd).Read(buf)
		if err != nil {
			break
		}
		if line && buf[n-1] == '\n' {
			break
		}
	}
	unix.Close(fd)
}

// setUp makes the state directory and what is in it, and puts this process in order.
func (c *container) setUp(p *place) error {
	inv := c.inv
	if wd, err := inv.Proc.Getwd(); err == nil {
		c.dir = wd
	} else {
		c.dir = "/"
	}
	inv.Proc.Umask(0o022)
	c.openStdio()
	var err error
	if changed("libexec/preinit") {
		c.run, err = rundir.Default, c.runPreinit()
	} else {
		c.run, err = p.find()
	}
	if err != nil {
		return err
	}
	if err := prepare(c.run); err != nil {
		return err
	}
	if c.run == rundir.Default {
		p.linkVarRun()
	}
	c.env = c.baseEnv()
	if !c.settings.KeepEnv {
		if err := withcontenv.Dump(withcontenv.Dir(c.env), c.stored()); err != nil {
			return applet.System(err, "write %s", withcontenv.Dir(c.env))
		}
	}
	if err := create(c.run+"/s6/workdir", c.dir+"\n"); err != nil {
		return applet.System(err, "write %s/s6/workdir", c.run)
	}
	if err := inv.Proc.Chdir("/"); err != nil {
		return applet.System(err, "chdir to /")
	}
	if c.first {
		return nil
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return applet.System(err, "become a subreaper")
	}
	return nil
}

// baseEnv is the environment of services: hardly anything, or all of the container's with S6_KEEP_ENV.
func (c *container) baseEnv() proc.Env {
	path, _ := c.whole.Get("PATH")
	env := proc.Env{"PATH=" + searchPath(path)}
	if c.settings.KeepEnv {
		env = c.whole.Set("PATH", searchPath(path))
	}
	if c.run != rundir.Default {
		env = env.Set(rundir.Variable, c.run)
	}
	return env
}

// stored is the environment that scripts can ask for: the container's, with a PATH that leads to our commands.
func (c *container) stored() proc.Env {
	path, _ := c.env.Get("PATH")
	return c.whole.Set("PATH", path)
}

// openStdio makes sure that descriptors 0, 1 and 2 are open, keeps the original ones for the command, and
// lets those who are not root open /dev/stdout and /dev/stderr.
func (c *container) openStdio() {
	c.inv.Proc.OpenStd()
	for n := range c.stdio {
		var st unix.Stat_t
		if unix.Fstat(n, &st) == nil && n > 0 && (st.Mode&unix.S_IFMT == unix.S_IFIFO || c.first && sys.IsTerminal(n)) {
			unix.Fchmod(n, 0o622) // a terminal of process 1 is one of the container's own
		}
		fd, err := unix.FcntlInt(uintptr(n), unix.F_DUPFD_CLOEXEC, 10)
		if err != nil {
			fd = n
		}
		c.stdio[n] = fd
	}
	if fd, err := sys.Open(sys.AT, "/dev/null", unix.O_RDONLY, 0); err == nil {
		c.inv.Proc.SetFD(0, fd)
	}
}

// warn and info are the messages of /init itself.
func (c *container) warn(format string, args ...any) {
	if c.settings.Verbosity >= 1 {
		c.say("warning", format, args...)
	}
}

func (c *container) info(format string, args ...any) {
	if c.settings.Verbosity >= 2 {
		c.say("info", format, args...)
	}
}

func (c *container) say(level, format string, args ...any) {
	c.utter(prog, level, fmt.Sprintf(format, args...))
}
