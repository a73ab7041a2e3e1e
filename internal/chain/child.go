package chain

import (
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// prepared is a command line evaluated as far as this process can do it: what is left is a program to
// start, or nothing when the outcome is known.
type prepared struct {
	target
	argv   []string // nil: done
	dirs   string   // where argv[0] is looked for
	prog   string   // the command in front of argv, "" where argv is the whole command line
	status proc.Status
}

// Run runs argv as a child of the virtual process st would be run, and waits for it. Where every word is a
// command of ours that can do without a process, there is none. An empty argv is true. The error is that
// argv[0] can't be executed at all: "unable to spawn NAME: reason" with exit code 111. A program behind it
// that can't be executed is status 126 or 127, as it is for a child that says so.
func Run(st *proc.State, argv []string) (proc.Status, error) {
	return RunRest(st, "", argv)
}

// RunRest is Run for a command line whose first command, prog, was evaluated already: that argv[0] can't be
// executed is its end.
func RunRest(st *proc.State, prog string, argv []string) (proc.Status, error) {
	return RunAlong(st, st.SearchPath(), prog, argv)
}

// RunAlong is RunRest with the directories where argv[0] is looked for.
func RunAlong(st *proc.State, dirs, prog string, argv []string) (proc.Status, error) {
	p, err := prepare(st, dirs, prog, argv, true)
	if err != nil || p.argv == nil {
		return p.status, err
	}
	pid, status, err := spawn(st, p)
	if err != nil || pid == 0 {
		return status, err
	}
	return wait(pid, p.argv[0])
}

func wait(pid int, name string) (proc.Status, error) {
	status, err := proc.Wait(pid)
	if err != nil {
		return status, applet.System(err, "wait for %s", name)
	}
	return status, nil
}

// Start starts argv on the virtual process st and does not wait. The words in front that neither block nor
// start processes are evaluated here, the others in the child. Where the outcome is known without any
// child, pid is 0 and status tells it. Errors are those of Run.
func Start(st *proc.State, argv []string) (pid int, status proc.Status, err error) {
	return StartRest(st, "", argv)
}

// StartRest is Start for the words that the command prog goes on with: a program that can't be executed is
// not an error but the end of prog, status 126 or 127, as it is for one further on.
func StartRest(st *proc.State, prog string, argv []string) (pid int, status proc.Status, err error) {
	return StartAlong(st, st.SearchPath(), prog, argv)
}

// StartAlong is StartRest with the directories where argv[0] is looked for.
func StartAlong(st *proc.State, dirs, prog string, argv []string) (pid int, status proc.Status, err error) {
	p, err := prepare(st, dirs, prog, argv, false)
	if err != nil || p.argv == nil {
		return 0, p.status, err
	}
	return spawn(st, p)
}

// StartOr is Start, but a command of ours that takes a process of its own is first offered to take, which may run it
// here: when it says true, pid is 0.
func StartOr(st *proc.State, argv []string, take func(inv *applet.Invocation) bool) (pid int, status proc.Status, err error) {
	p, err := prepare(st, st.SearchPath(), "", argv, false)
	if err != nil || p.argv == nil {
		return 0, p.status, err
	}
	if p.applet != nil && p.applet.Run != nil && take(applet.New(p.applet, p.argv, st)) {
		return 0, 0, nil
	}
	return spawn(st, p)
}

func spawn(st *proc.State, p prepared) (pid int, status proc.Status, err error) {
	err = p.execute(st, p.dirs, p.argv, func(path string, argv []string) (err error) {
		pid, err = st.Spawn(path, argv)
		return err
	})
	if err != nil {
		status, err = failed(st, p.dirs, p.prog, p.argv[0], err)
		return 0, status, err
	}
	return pid, 0, nil
}

// failed is the outcome of a program that could not be executed: an error where the caller was to start
// it, and otherwise the end of prog, the command in front of it.
func failed(st *proc.State, dirs, prog, name string, err error) (proc.Status, error) {
	if prog == "" {
		return 0, cantSpawn(name, err)
	}
	inv := &applet.Invocation{Prog: prog, Proc: st}
	return ended(inv, cantExec(st, dirs, name, err)), nil
}

func cantSpawn(name string, err error) error {
	if name == "" {
		err = unix.ENOENT
	}
	return applet.System(err, "spawn %s", name)
}

// prepare evaluates argv, behind the command prog, up to the first program of its own. The first word is looked for
// along dirs; waits says whether the caller will wait for all of it.
func prepare(st *proc.State, dirs, prog string, argv []string, waits bool) (prepared, error) {
	if !st.Virtual() {
		return prepared{}, errors.New("chain: a child needs a derived state")
	}
	for len(argv) > 0 {
		to, err := resolveIn(st, dirs, argv[0])
		if err != nil {
			status, err := failed(st, dirs, prog, argv[0], err)
			return prepared{status: status}, err
		}
		command, script := to.applet, []string(nil)
		if command == nil {
			command, script = to.script(st, argv)
		}
		program := prepared{target: to, argv: argv, dirs: dirs, prog: prog}
		if command == nil || !inProcess(command, waits) {
			return program, nil
		}
		undo := st.Snapshot()
		called := st.Call(argv)
		if script != nil {
			called = script // the kernel does not hand argv[0] on
		}
		inv := applet.New(command, called, st)
		dirs = st.SearchPath()
		rest, err := call(inv)
		if errors.Is(err, proc.ErrNeedProcess) {
			undo()
			return program, nil
		}
		if err != nil {
			return prepared{status: ended(inv, err)}, nil
		}
		prog, argv = inv.Prog, rest
	}
	return prepared{}, nil
}

func inProcess(a *applet.Applet, waits bool) bool {
	if a.Chain != nil {
		return waits || !a.Waits
	}
	return a.Inline && (waits || a.Instant)
}

// call runs a command of a virtual process. A program that writes to a pipe without a reader ends as it
// would in a process of its own.
func call(inv *applet.Invocation) (rest []string, err error) {
	if inv.Chain != nil {
		return inv.Chain(inv)
	}
	if inv.Instant {
		return nil, inv.Run(inv)
	}
	sig := proc.CatchWriteSignals(func() { err = inv.Run(inv) })
	if sig != 0 {
		return nil, killed(sig)
	}
	return nil, err
}

// ended is the status that a process ending with err would have had.
func ended(inv *applet.Invocation, err error) proc.Status {
	var k killed
	if errors.As(err, &k) {
		return proc.Killed(unix.Signal(k))
	}
	code := 0
	if sig := proc.CatchWriteSignals(func() { code = inv.Report(err) }); sig != 0 {
		return proc.Killed(sig)
	}
	return proc.Exited(code)
}

// killed is the signal that would have ended the process of a command that was run in this one.
type killed unix.Signal

func (k killed) Error() string { return "killed by " + unix.Signal(k).String() }

// StartOrphan starts argv on the virtual process st as a child of nobody here: whoever adopts orphans reaps
// it. The error is that argv[0] can't be executed.
func StartOrphan(st *proc.State, argv []string) (pid int, err error) {
	dirs := st.SearchPath()
	to, err := resolveIn(st, dirs, argv[0])
	if err == nil {
		err = to.along(st, dirs, argv[0], func(path string) (err error) {
			pid, err = st.SpawnOrphan(path, argv)
			return err
		})
	}
	if err != nil {
		return 0, cantSpawn(argv[0], err)
	}
	return pid, nil
}
