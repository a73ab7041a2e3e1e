package overlay

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/overlay/layout"
	"s6box/rc/change"
	"s6box/rc/compile"
	"s6box/rc/db"
	"s6box/rc/live"
)

// topBundle is the bundle that stands for everything that is to be up.
const topBundle = "top"

// Failures of a container as S6_BEHAVIOUR_IF_STAGE2_FAILS says.
const (
	failuresWarn = 1
	failuresStop = 2
)

// bringUp runs the hook, compiles the services and brings them up. A code other than 0 says that the
// container must stop.
func (l *life) bringUp() (code int) {
	const stage = "rc.init"
	settings := l.settings.in(stage)
	if l.stopping() {
		return 0
	}
	if settings.Hook != "" {
		if code := l.hook(settings); code != 0 {
			return code
		}
		settings = l.latest().in(stage)
	}
	began := time.Now()
	result, err := l.compile(settings)
	if err != nil || l.stopping() {
		return l.cannotStart(settings, err)
	}
	state, err := l.makeLive(result)
	if err != nil {
		return l.cannotStart(settings, err)
	}
	outcome, err := l.change(settings, result.DB, state, began)
	switch {
	case l.stopping():
		return 0
	case err != nil:
		return l.cannotStart(settings, err)
	case outcome == change.Done || settings.Failures == 0:
		return 0
	}
	l.warn("not all services could be brought up, see above")
	if settings.Failures >= failuresStop {
		l.say("fatal", "stopping the container, as S6_BEHAVIOUR_IF_STAGE2_FAILS=%d says", settings.Failures)
		return outcome.Code()
	}
	return 0
}

// cannotStart says what is to become of a container whose services can't be brought up at all: it goes on if
// that is wanted and there is a command to go on with.
func (l *life) cannotStart(settings Settings, err error) (code int) {
	if err == nil {
		return 0
	}
	inv := *l.inv
	inv.Prog = prog
	inv.Report(err)
	switch {
	case settings.Failures < failuresStop && len(l.inv.Args) > 0:
		l.warn("going on without services")
		return 0
	case settings.Failures < failuresStop:
		l.say("fatal", "no services and no command: stopping the container")
	default:
		l.say("fatal", "stopping the container, as S6_BEHAVIOUR_IF_STAGE2_FAILS=%d says", settings.Failures)
	}
	return 1
}

// hookArgv is the command of S6_STAGE2_HOOK. It is documented as an excerpt of shell, but upstream's script only
// splits it into words: what works there has no syntax of the shell in it, and may have a $ that means itself.
func hookArgv(hook string) []string {
	if strings.ContainsAny(hook, ";|&<>()`'\"\n") {
		return []string{"sh", "-c", hook}
	}
	return []string{"sh", "-c", "$0", hook}
}

// hook runs S6_STAGE2_HOOK.
func (l *life) hook(settings Settings) (code int) {
	st := proc.New(l.env)
	defer st.Release()
	st.Setsid()
	status, err := l.child("hook", func() (int, proc.Status, error) {
		return chain.StartRest(st, prog, hookArgv(settings.Hook))
	})
	if err != nil {
		l.warn("unable to run the hook %s: %s", settings.Hook, applet.Reason(err))
		status = proc.Exited(applet.ExitSystem)
	}
	code = exitCodeOf(status)
	switch {
	case code == 0 && settings.Verbosity >= 2:
		l.info("hook %s exited 0", settings.Hook)
	case code == 0:
	case settings.Failures >= failuresStop:
		l.say("fatal", "hook %s exited %d", settings.Hook, code)
		return code
	default:
		l.warn("hook %s exited %d", settings.Hook, code)
	}
	return 0
}

// makeLive writes the database and makes the live directory, and has its service directories supervised.
func (l *life) makeLive(result *compile.Result) (live.State, error) {
	dir := live.Layout{Live: l.run + "/s6-rc", Compiled: l.run + "/s6/db", Scandir: l.run + "/service"}
	if err := result.Write(dir.Compiled); err != nil {
		return nil, hinted(err)
	}
	if _, err := live.Create(dir, result.DB, result.WriteServicedirs); err != nil {
		return nil, hinted(err)
	}
	var names []string
	for i := range result.DB.Services[:result.DB.Longruns] {
		names = append(names, result.DB.Services[i].Name)
	}
	if err := live.Link(dir, dir.Live, names); err != nil {
		return nil, hinted(err)
	}
	awaited := l.follow(names, isSupervised)
	defer awaited.cancel()
	l.engine.Post(l.scan.Scan)
	if late := awaited.wait(unsupervised, l.stop); len(late) > 0 && !l.stopping() {
		return nil, applet.Fatal(applet.ExitSystem, "no supervisor came up within %v for %s", unsupervised, few(late))
	}
	return make(live.State, len(result.DB.Services)), nil
}

// few names the first of many.
func few(names []string) string {
	const shown = 10
	if len(names) <= shown {
		return strings.Join(names, " ")
	}
	return strings.Join(names[:shown], " ") + " and " + strconv.Itoa(len(names)-shown) + " more"
}

// unsupervised is how long services may take to get a supervisor.
const unsupervised = 20 * time.Second

// hinted adds to an error of the state directory what to do about it.
func hinted(err error) error {
	text := err.Error()
	var writing *compile.Error
	var making *live.Error
	switch {
	case errors.As(err, &writing):
		text = "unable to " + writing.What + ": " + applet.Reason(writing.Err)
	case errors.As(err, &making):
		text = "unable to " + making.What + ": " + applet.Reason(making.Err)
	}
	return applet.Fatal(applet.ExitSystem, "%s%s", text, stateHint(err))
}

// hintedStart is hinted for what fails before there is anything to bring up.
func hintedStart(err error) error {
	if stateHint(err) == "" {
		return err
	}
	return hinted(err)
}

// stateHint is what to say of an error that is the state directory's fault; "" for others.
func stateHint(err error) string {
	switch {
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return " (the file system of the state directory is full)"
	case errors.Is(err, unix.EROFS):
		return " (the state directory has become read-only)"
	}
	return ""
}

// change brings the top bundle up.
func (l *life) change(settings Settings, d *db.DB, state live.State, began time.Time) (change.Outcome, error) {
	dir := &live.Dir{Path: l.run + "/s6-rc"}
	release, err := dir.Lock(true, true)
	if err != nil {
		return 0, applet.Fatal(applet.ExitSystem, "unable to lock %s: %s", dir.Path, applet.Reason(err))
	}
	defer release()
	x := l.executor(settings, d, dir, state)
	if settings.UpLimit > 0 {
		x.Deadline = began.Add(settings.UpLimit)
	}
	x.Abort = l.abort
	named := make([]bool, len(state))
	numbers, ok := d.Lookup(topBundle)
	if !ok {
		return 0, applet.Fatal(1, "no bundle named %s is defined in %s/etc/s6-rc/sources", topBundle, layout.Package)
	}
	for _, n := range numbers {
		named[n] = true
	}
	outcome, err := x.Change(change.Selection{Want: named, Named: named})
	if err != nil {
		return outcome, hinted(applet.System(err, "record the state of the services in %s", dir.Path))
	}
	if outcome == change.Expired {
		l.warn("the services were not up within %v (S6_CMD_WAIT_FOR_SERVICES_MAXTIME)", settings.UpLimit)
	}
	return outcome, nil
}

func (l *life) executor(settings Settings, d *db.DB, dir *live.Dir, state live.State) *change.Executor {
	return &change.Executor{
		DB: d, Live: dir, State: state, Backend: l.backend(d, dir),
		Say: func(verbosity int, level, text string) {
			if settings.Verbosity >= verbosity {
				l.utter("s6-rc", level, text)
			}
		},
		Out: l.inv.Proc.Stderr(),
	}
}

// servicesDown brings every service down that is up, whoever has brought it up, in the order of their
// dependencies.
func (l *life) servicesDown() {
	l.downMu.Lock()
	defer l.downMu.Unlock()
	if changed(inPackage(skel + "/rc.shutdown")) {
		defer l.oneshots.spare()()
		l.runStage(skel + "/rc.shutdown")
		return
	}
	dir := &live.Dir{Path: l.run + "/s6-rc"}
	release, err := dir.Lock(true, true)
	if errors.Is(err, unix.ENOENT) {
		return // services were never brought up
	}
	if err != nil {
		l.warn("unable to lock %s: %s", dir.Path, applet.Reason(err))
		return
	}
	defer release()
	defer l.oneshots.spare()()
	d, err := dir.DB()
	if err != nil {
		l.warn("unable to bring the services down: %s", applet.Reason(err))
		return
	}
	state, err := dir.ReadState(len(d.Services))
	if err != nil {
		l.warn("unable to read the state of the services: %s", applet.Reason(err))
		return
	}
	x := l.executor(l.settings.in("rc.shutdown"), d, dir, state)
	if _, err := x.Change(change.Selection{Want: state.AllUp(), Down: true}); err != nil {
		l.warn("unable to record the new state of the services: %s%s", applet.Reason(err), stateHint(err))
	}
}
