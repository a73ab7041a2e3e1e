package overlay

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/overlay/layout"
	"s6box/rc/db"
)

// native finds the function that does what a script of the overlay's own services does, if the script is as
// it was shipped.
func (l *life) native(argv []string) func() (code int) {
	dir, name := "", ""
	if len(argv) == 1 {
		at := strings.LastIndexByte(argv[0], '/')
		dir, name = argv[0][:max(at, 0)], argv[0][at+1:]
	}
	own := inPackage(scripts)
	if dir != scripts && dir != layout.Package+"-"+layout.Version+"/"+own || changed(own+"/"+name) {
		return nil
	}
	switch name {
	case "fix-attrs":
		if changed("libexec/fix-attrs") {
			return nil
		}
		return l.fixAttrs
	case "cont-init":
		return l.contInit
	case "cont-finish":
		return l.contFinish
	case "services-up":
		return l.servicesUp
	case "services-down":
		return l.legacyDown
	}
	return nil
}

// legacy is one of the older directories of scripts and services, and how the container wants it treated.
type legacy struct {
	*life
	Settings
	prog string
	dir  string
}

func (l *life) legacy(prog, name string) legacy {
	settings, _ := storedSettings(l.env)
	etc := "/etc"
	if settings.Profile != "" {
		etc = "/etc/cont-profile.d/" + settings.Profile
	}
	return legacy{l, settings, prog, etc + "/" + name}
}

// names are the entries of the directory in order, without those that begin with a dot. One that does not
// exist is empty.
func (g *legacy) names() []string {
	names, err := sys.ReadDir(sys.AT, g.dir)
	if err != nil && err != unix.ENOENT {
		g.tell(1, "warning", "unable to read "+g.dir+": "+applet.Reason(err))
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name[0] == '.' })
	slices.Sort(names)
	return names
}

func (g *legacy) tell(verbosity int, level, text string) {
	if g.Verbosity >= verbosity {
		g.utter(g.prog, level, text)
	}
}

// verdict is the exit code for a script of the overlay's services when something in it failed.
func (g *legacy) verdict(failed []string, text string) (code int) {
	if len(failed) == 0 || g.Failures < failuresWarn {
		return 0
	}
	g.tell(1, "warning", text+": "+strings.Join(failed, " "))
	if g.Failures >= failuresStop {
		return 1
	}
	return 0
}

// contInit runs the scripts of cont-init.d, one after the other. An order to stop ends it, and is no failure: those of
// cont-finish.d clean up after what has begun.
func (l *life) contInit() int {
	g := l.legacy("cont-init", "cont-init.d")
	var failed []string
	for _, name := range g.names() {
		if l.stopping() {
			return 0
		}
		file := g.dir + "/" + name
		g.tell(2, "info", "running "+file)
		code := g.script(file, 0)
		g.tell(2, "info", file+" exited "+strconv.Itoa(code))
		if code != 0 && !l.stopping() {
			failed = append(failed, file)
		}
	}
	return g.verdict(failed, "some scripts exited nonzero")
}

// contFinish runs the scripts of cont-finish.d, each for a limited time.
func (l *life) contFinish() int {
	g := l.legacy("cont-finish", "cont-finish.d")
	for _, name := range g.names() {
		file := g.dir + "/" + name
		g.tell(2, "info", "running "+file)
		if code := g.script(file, g.FinishLimit); code != 0 {
			g.tell(1, "warning", file+" exited "+strconv.Itoa(code))
		}
	}
	return 0
}

// script runs a script, which is killed at the limit unless that is 0.
func (g *legacy) script(file string, limit time.Duration) (code int) {
	st := proc.New(g.env.Set("RC_NAME", "legacy-cont-init"))
	defer st.Release()
	st.Setsid()
	if err := st.Chdir(g.run + "/s6-rc/servicedirs/" + db.OneshotRunner); err != nil {
		st.Chdir("/")
	}
	var timer *time.Timer
	argv := g.byShell(g.executable([]string{file}), "/", file)
	status, err := g.child(file, func() (int, proc.Status, error) {
		pid, status, err := chain.StartRest(st, g.prog, argv)
		if err == nil && pid > 0 && limit > 0 {
			timer = time.AfterFunc(limit, func() {
				g.tell(1, "warning", file+" did not end within "+limit.String()+", killing it")
				signalGroup(pid, unix.SIGKILL)
			})
		}
		return pid, status, err
	})
	if timer != nil {
		timer.Stop()
	}
	if err != nil {
		g.tell(1, "warning", "unable to run "+file+": "+applet.Reason(err))
		return applet.ExitSystem
	}
	return exitCodeOf(status)
}

// legacyServices is where the service directories of services.d are copied to.
func (l *life) legacyServices() string { return l.run + "/s6/legacy-services" }

// servicesUp has the service directories of services.d supervised, and waits for them if asked to.
func (l *life) servicesUp() int {
	g := l.legacy("services-up", "services.d")
	copies := l.legacyServices()
	sys.RemoveAll(sys.AT, copies)
	if err := unix.Mkdir(copies, 0o755); err != nil {
		g.tell(0, "fatal", "unable to mkdir "+copies+": "+applet.Reason(err))
		return applet.ExitSystem
	}
	var started, failed []string
	for _, name := range g.names() {
		var st unix.Stat_t
		if unix.Stat(g.dir+"/"+name, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
			continue
		}
		if err := g.copyService(name, copies); err != nil {
			g.tell(1, "warning", "unable to set up "+g.dir+"/"+name+": "+applet.Reason(err))
			failed = append(failed, name)
			continue
		}
		started = append(started, name)
	}
	present := l.follow(append(l.loggers(started), started...), isSupervised)
	defer present.cancel()
	awaited := l.follow(started, isUp)
	defer awaited.cancel()
	l.engine.Post(l.scan.Scan)
	present.wait(time.Second, l.stop) // so that the command finds them
	if g.WaitForServices {
		failed = append(failed, awaited.wait(g.UpLimit, l.stop)...)
	}
	return g.verdict(failed, "some services of "+g.dir+" failed to start")
}

func (g *legacy) copyService(name, copies string) error {
	text := "copying legacy longrun " + name
	if notifies, _ := sys.Exists(sys.AT, g.dir+"/"+name+"/notification-fd"); !notifies {
		text += " (no readiness notification)"
	}
	g.tell(2, "info", text)
	if err := sys.CopyTree(sys.AT, g.dir+"/"+name, sys.AT, copies+"/"+name); err != nil {
		return err
	}
	return sys.ReplaceSymlink(copies+"/"+name, sys.AT, g.run+"/service/"+name)
}

// legacyDown stops the services of services.d, then their loggers, and waits for them, for a limited time. The
// services are told to be down before supervision is ended, so that their finish scripts keep their output.
func (l *life) legacyDown() int {
	g := l.legacy("services-down", "services.d")
	names, err := sys.ReadDir(sys.AT, l.legacyServices())
	if err != nil || len(names) == 0 {
		return 0
	}
	begin := time.Now()
	late := g.await(names, begin, func() {
		for _, name := range names {
			l.scan.Control(name, "d")
		}
	})
	for _, name := range names {
		unix.Unlink(l.run + "/service/" + name)
	}
	late = append(late, g.await(l.loggers(names), begin, func() {
		l.scan.Scan()
		l.scan.Command('n')
	})...)
	if len(late) > 0 {
		g.tell(1, "warning", "still up after "+g.ServicesGrace.String()+": "+strings.Join(late, " "))
	}
	return 0
}

// loggers are the loggers of these services of services.d, of those that have one.
func (l *life) loggers(names []string) (loggers []string) {
	for _, name := range names {
		if logs, _ := sys.Exists(sys.AT, l.legacyServices()+"/"+name+"/log"); logs {
			loggers = append(loggers, name+"/log")
		}
	}
	return loggers
}

// await has stop called in the loop and waits until the services of these names are down, or until the grace that
// began at begin is over. It returns the names of those that are late.
func (g *legacy) await(names []string, begin time.Time, stop func()) (late []string) {
	awaited := g.life.follow(names, isDown)
	defer awaited.cancel()
	g.life.engine.Post(stop)
	limit := g.ServicesGrace
	if limit > 0 {
		limit = max(limit-time.Since(begin), time.Millisecond)
	}
	return awaited.wait(limit, nil)
}
