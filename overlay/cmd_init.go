package overlay

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
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

Environment, as with s6-overlay; times are in milliseconds:

  PATH                                  of services and the command; /command, /usr/bin and /bin are added
  S6_KEEP_ENV=1                         they get the whole environment: with-contenv has nothing to do
  S6_VERBOSITY=N                        0 errors, 1 warnings, 2 what starts and stops (default), 3 and above more
  S6_BEHAVIOUR_IF_STAGE2_FAILS=N        when a service, cont-init.d or the hook fails: 0 go on, 1 say so, 2 stop
  S6_STAGE2_HOOK=SCRIPT                 run this first, before the services are compiled
  S6_RUNTIME_PROFILE=NAME               take /etc/cont-profile.d/NAME for /etc
  S6_RUNTIME_BUNDLEDIR=DIR              the bundles user and user2 are in DIR
  S6_CMD_WAIT_FOR_SERVICES_MAXTIME=MS   services that take longer in all have failed (0: no limit)
  S6_CMD_WAIT_FOR_SERVICES=1            wait for those of services.d too, until they are ready
  S6_CMD_ARG0=WORDS                     words in front of the command
  S6_CMD_RECEIVE_SIGNALS=1              signals go to the command
  S6_CMD_USE_TERMINAL=1                 the command has the terminal for its output, whatever S6_LOGGING says
  S6_LOGGING=N                          what services without a logger print goes to the output of the container (0),
                                        there and to /run/uncaught-logs (1), or to /run/uncaught-logs alone (2)
  S6_LOGGING_SCRIPT=WORDS               how logutil-service logs (n20 s1000000 T); of its words, t and T count here
  S6_CATCHALL_USER=USER                 who writes /run/uncaught-logs
  S6_FIX_ATTRS_HIDDEN=1                 fix-attrs.d applies to hidden files too
  S6_KILL_FINISH_MAXTIME=MS             a script of cont-finish.d is killed after that (5000)
  S6_SERVICES_GRACETIME=MS              services of services.d may take that long to stop (3000)
  S6_KILL_GRACETIME=MS                  then all else gets SIGTERM, and SIGKILL after that (3000)
  S6_SYNC_DISKS=1                       write file systems back in the end
  S6_WAIT_FOR_CLOSING_FD=FD             wait until that descriptor ends before anything else
  S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES=1   use a /run that everybody may write
  S6_READ_ONLY_ROOT, S6_SERVICES_READYTIME   do nothing: nothing here needs them

  S6BOX_RUN=DIR                         a state directory in place of /run
  S6BOX_GODEBUG, S6BOX_GOGC, S6BOX_GOMEMLIMIT, S6BOX_GOMAXPROCS   for s6box itself what GODEBUG and its like are for
                                        other programs in Go: those have no effect on it

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
	orders   *os.File // the fifo of orders to stop, until somebody reads it
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
	c.lookAbove()
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

// lookAbove warns of a shell that is process 1 and has started this one: what is to stop the container does not get here.
func (c *container) lookAbove() {
	if unix.Getppid() != 1 {
		return
	}
	text, err := sys.ReadFile(sys.AT, "/proc/1/comm", 64)
	if name := strings.TrimSpace(string(text)); err == nil && chain.IsShell(name) {
		c.warn("process 1 is %s, which passes no signals on: the container can't be stopped in order (write ENTRYPOINT [\"/init\"], or exec /init in a script)", name)
	}
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
