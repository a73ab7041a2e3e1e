package execline

import (
	"cmp"
	"io"
	"strings"
	"time"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// maxParallel is how many processes option -p runs at the same time.
const maxParallel = 10000

// loop runs a command line once for every value of a variable: forx, forstdin, forbacktickx.
type loop struct {
	inv      *applet.Invocation
	variable string
	body     []string
	auto     bool   // substitute the variable in body instead of exporting it
	front    string // the command that an iteration begins with, "" for body itself
	parallel uint64
	codes    codes

	ran     bool // there was an iteration
	running proc.Children
	failed  bool // a parallel iteration ended with a code that would have ended the loop
}

// set takes the options that all loops share and tells whether opt is one.
func (l *loop) set(opt byte, value string) (bool, error) {
	switch opt {
	case 'E':
		l.auto = true
	case 'e':
		l.auto = false
	case 'p':
		l.parallel = maxParallel
	case 'P':
		if err := l.inv.Uint(&l.parallel)(value); err != nil {
			return true, err
		}
		if l.parallel = min(l.parallel, maxParallel); l.parallel <= 1 {
			l.parallel = 0 // one at a time is the loop without the option
		}
	case 'o', 'x':
		return true, l.codes.set(l.inv, opt, value)
	default:
		return false, nil
	}
	return true, nil
}

// begin takes the name of the loop's variable off the arguments, and makes the process ready to have children.
func (l *loop) begin() error {
	if err := l.inv.Proc.HeedChildren(); err != nil {
		return err
	}
	if !l.inv.Proc.Virtual() {
		sys.KeepSmall()
	}
	l.variable, l.inv.Args = l.inv.Args[0], l.inv.Args[1:]
	return checkName(l.variable)
}

// each runs one iteration; done says that the loop ends here, with err as its end.
func (l *loop) each(value string) (done bool, err error) {
	l.ran = true
	st := l.inv.Proc.Clone()
	defer st.Release()
	st.Env = st.Env.Set(l.variable, value)
	argv, front, dirs := l.body, l.front, l.inv.Proc.SearchPath()
	if l.auto || front != "" {
		dirs = st.SearchPath() // of a command that has the variable, which may be PATH
	}
	if l.auto {
		child := *l.inv
		child.Proc = st
		if argv, err = autoImport(&child, l.body, l.variable); err != nil {
			return true, err
		}
		front = child.Prog
	}
	if l.parallel > 0 {
		return l.start(st, dirs, front, argv)
	}
	status, err := chain.RunAlong(st, dirs, front, argv)
	if err != nil {
		return true, err
	}
	if code := status.Approx(); l.codes.stop(code) {
		return true, applet.Exit(code)
	}
	return false, nil
}

func (l *loop) start(st *proc.State, dirs, front string, argv []string) (done bool, err error) {
	for uint64(l.running.Len()) >= l.parallel {
		if err := l.reap(); err != nil {
			return true, err
		}
	}
	pid, status, err := chain.StartAlong(st, dirs, front, argv)
	if err != nil {
		return true, cmp.Or(err, l.finish())
	}
	if pid == 0 {
		l.note(status)
		return false, nil
	}
	l.running.Add(pid)
	return false, nil
}

// finish waits for the iterations that still run.
func (l *loop) finish() error {
	for l.running.Len() > 0 {
		if err := l.reap(); err != nil {
			return err
		}
	}
	return nil
}

// over runs an iteration for every value that from yields. It succeeds if there was one.
func (l *loop) over(from *elements) error {
	from.wait = l.reapEnded
	for {
		value, err := from.next()
		if err == io.EOF {
			err = l.finish()
			if err == nil && !l.ran {
				return applet.Exit(1)
			}
			return err
		}
		if err != nil {
			return cmp.Or(applet.System(err, "read values"), l.finish())
		}
		if done, err := l.each(value); done {
			return err
		}
	}
}

// reapEnded takes note of the iterations that have ended by now.
func (l *loop) reapEnded() {
	for {
		pid, status := l.running.Poll()
		if pid == 0 {
			return
		}
		l.note(status)
	}
}

func (l *loop) reap() error {
	_, status, err := l.running.Wait(time.Time{})
	if err != nil {
		return applet.System(err, "wait")
	}
	l.note(status)
	return nil
}

func (l *loop) note(status proc.Status) {
	if l.codes.stop(status.Approx()) {
		l.failed = true
	}
}

// checkName refuses what can't be the name of a variable.
func checkName(name string) error {
	if name == "" || strings.Contains(name, "=") {
		return applet.Fatal(applet.ExitUsage, "invalid variable name: %s", name)
	}
	return nil
}
