package overlay

import (
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/overlay/shutdown"
	"s6box/supervise"
)

// life is a container from the first supervised service to its end. The engine runs on the main goroutine,
// the stages, one after the other, on another.
type life struct {
	*container
	engine *supervise.Engine
	scan   *supervise.Scan
	ended  chan struct{} // closed when the scan directory has been given up

	endOnce  sync.Once
	stopOnce sync.Once
	abort    chan string    // tells those who bring services up why they are to end, when stop is closed
	final    shutdown.Order // what is to become of it; set before stop is closed

	command   atomic.Int64 // pid of the command of the container, 0 for none
	relay     atomic.Bool  // signals go to the command
	oneshots  running
	downMu    sync.Mutex // held while services are brought down
	graceEnds time.Time  // when what is left is killed
}

// mostServices is the number of services an engine takes, which is more than any container has memory for.
const mostServices = 160000

// supervise starts to supervise the scan directory.
func (c *container) supervise() (*life, error) {
	l := &life{container: c, ended: make(chan struct{}), abort: make(chan string, 1)}
	var err error
	l.engine, err = supervise.New(supervise.Options{
		Prog: prog, Env: c.env, Stderr: c.inv.Proc.Stderr(),
		Signals:  append([]os.Signal{unix.SIGHUP, unix.SIGWINCH, unix.SIGALRM, unix.SIGABRT}, stopSignals...),
		OnSignal: func(sig unix.Signal) { l.signalled(sig) },
	})
	if err != nil {
		return nil, err
	}
	if err := c.makeShutdownd(); err != nil {
		return nil, err
	}
	console, err := c.makeCatchall()
	if err != nil {
		return nil, err
	}
	l.scan, err = supervise.NewScan(l.engine, c.run+"/service", supervise.ScanOptions{
		Max:     mostServices,
		Console: console,
		Native:  l.natives(),
		Ended:   l.scanEnded,
	})
	if err == nil {
		l.takeEarly()
	}
	return l, err
}

// takeEarly heeds the orders to stop that came before the engine took signals. The loop does not turn yet.
func (l *life) takeEarly() {
	settled := make(chan os.Signal, 1)
	signal.Notify(settled, unix.SIGTERM)
	signal.Stop(settled) // which waits until those that have come are in their channels
	for {
		select {
		case sig := <-l.early:
			if slices.Contains(stopSignals, sig) {
				l.signalled(sig.(unix.Signal))
			}
		default:
			return
		}
	}
}

// live runs the container and returns its exit code as an error.
func (l *life) live() error {
	l.engine.Post(l.scan.Start)
	go func() {
		l.stages()
		l.engine.Post(l.engine.Stop)
	}()
	crash := l.engine.Run()
	if crash != nil {
		l.say("fatal", "the supervisor failed: %s", applet.Reason(crash))
		l.request(shutdown.Order{Action: 'h'})
	}
	l.scan.Close()
	l.engine.Close()
	l.nothingLeft()
	code := l.exitCode()
	if crash != nil && code == 0 {
		code = applet.ExitSystem
	}
	return l.finish(code)
}

// stages brings everything up, waits for the reason to stop, and takes everything down.
func (l *life) stages() {
	code, ended := 0, false
	if changed(inPackage(skel + "/rc.init")) {
		code, ended = l.patchedInit()
	} else if code = l.bringUp(); code != 0 {
		ended = true
	} else {
		code, ended = l.runCommand()
	}
	if ended {
		l.setExitCode(code)
		l.request(shutdown.Order{Action: 'h'})
	}
	<-l.stop
	l.takeDown()
}

// scanEnded is called in the loop when the scan directory has been given up, whoever wanted it.
func (l *life) scanEnded() {
	l.endOnce.Do(func() { close(l.ended) })
	l.request(shutdown.Order{Action: 'h'})
}

// request has the container stop. The first request counts.
func (l *life) request(o shutdown.Order) {
	l.stopOnce.Do(func() {
		l.final, l.hush = o, time.Now().Add(unread)
		l.abort <- "an order to stop"
		close(l.stop)
		l.oneshots.kill(unix.SIGTERM)
	})
}

func (l *life) stopping() bool {
	select {
	case <-l.stop:
		return true
	default:
		return false
	}
}

// signalled is called in the loop when this process gets a signal. A script of that name in .s6-svscan
// comes first, as with s6-svscan.
func (l *life) signalled(sig unix.Signal) {
	if l.relay.Load() && sig != unix.SIGHUP && sig != unix.SIGALRM && sig != unix.SIGABRT {
		if pid := int(l.command.Load()); pid > 0 {
			unix.Kill(pid, sig)
		} else {
			l.engine.Post(func() { l.signalled(sig) }) // the command is being started
		}
		return
	}
	handler := l.run + "/service/.s6-svscan/" + unix.SignalName(sig)
	script := unix.Faccessat(unix.AT_FDCWD, handler, unix.X_OK, unix.AT_EACCESS) == nil
	switch sig {
	case unix.SIGHUP, unix.SIGALRM, unix.SIGABRT:
		script = true
	case proc.SystemdHalt: // no name, no script
		script = false
		l.request(shutdown.Order{Action: 'h'})
	case unix.SIGTERM, unix.SIGINT, unix.SIGQUIT, unix.SIGUSR2:
		if !script {
			l.request(shutdown.Order{Action: 'h'})
		}
	case unix.SIGUSR1, unix.SIGPWR:
		if !script {
			l.request(shutdown.Order{Action: 'p'})
		}
	}
	if script {
		l.scan.Signal(sig)
	}
}

func (l *life) exitFile() string { return l.run + "/" + results + "/exitcode" }

// setExitCode says what the container ends with, unless a script writes something else later.
func (l *life) setExitCode(code int) {
	if err := os.WriteFile(l.exitFile(), []byte(strconv.Itoa(code)+"\n"), 0o644); err != nil {
		l.warn("unable to write the exit code %d: %s", code, reason(err))
	}
}

// exitCode is what scripts and stages have left as the exit code of the container.
func (l *life) exitCode() int {
	data, err := sys.ReadFile(sys.AT, l.exitFile(), 64)
	if err == unix.ENOENT {
		return 0
	}
	text := strings.TrimSpace(string(data))
	code, ok := applet.ParseUint(text)
	if err != nil || !ok {
		l.warn("%s holds %q, which is no exit code: taking %d", l.exitFile(), text, applet.ExitUsage)
		return applet.ExitUsage
	}
	return int(code & 0xff)
}

// finish is the end of this process.
func (l *life) finish(code int) error {
	if final := skel + "/rc.shutdown.final"; changed(inPackage(final)) {
		st := proc.New(l.env)
		if _, err := chain.Run(st, []string{final}); err != nil {
			l.warn("%v", err)
		}
		st.Release()
	}
	if l.settings.SyncDisks {
		unix.Sync()
	}
	if l.first && (l.final.Action == 'p' || l.final.Action == 'r') {
		if err := unix.Reboot(rebootCommand(l.final.Action)); err != nil {
			l.warn("unable to reboot(): %s", applet.Reason(err))
		}
	}
	return applet.Exit(code)
}

// child starts a program, waits for it and returns how it ended. If the container stops first, it is told to
// end. name tells it from others.
func (l *life) child(name string, start func() (pid int, status proc.Status, err error)) (proc.Status, error) {
	done := make(chan proc.Status, 1)
	var known proc.Status
	pid := 0
	err := l.engine.Child(func() (int, error) {
		var err error
		pid, known, err = start()
		return pid, err
	}, func(status proc.Status) { done <- status })
	if err != nil || pid == 0 {
		return known, err
	}
	l.oneshots.add(name, pid)
	defer l.oneshots.remove(name)
	return <-done, nil
}
