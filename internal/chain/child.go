package chain

import (
	"errors"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// prepared is a command line evaluated as far as this process can do it: what is left is a program to
// start, or nothing when the outcome is known.
type prepared struct {
	path   string
	argv   []string // nil: done
	status proc.Status
}

// Run runs argv as a child of the virtual process st would be run, and waits for it. Where every word is a
// command of ours that can do without a process, there is none. prog names the caller in messages.
func Run(st *proc.State, prog string, argv []string) (proc.Status, error) {
	p, err := prepare(st, prog, argv, true)
	if err != nil || p.argv == nil {
		return p.status, err
	}
	pid, err := st.Spawn(p.path, p.argv)
	if err != nil {
		return spawnFailed(st, prog, p, err), nil
	}
	return proc.Wait(pid)
}

// Start starts argv on the virtual process st and does not wait. The words in front that neither block nor
// start processes are evaluated here, the others in the child. Where the outcome is known without any
// child, pid is 0 and status tells it.
func Start(st *proc.State, prog string, argv []string) (pid int, status proc.Status, err error) {
	p, err := prepare(st, prog, argv, false)
	if err != nil || p.argv == nil {
		return 0, p.status, err
	}
	pid, err = st.Spawn(p.path, p.argv)
	if err != nil {
		return 0, spawnFailed(st, prog, p, err), nil
	}
	return pid, 0, nil
}

// spawnFailed says that the program could not be executed, in the name of the command before it.
func spawnFailed(st *proc.State, prog string, p prepared, err error) proc.Status {
	inv := &applet.Invocation{Prog: prog, Proc: st}
	return proc.Exited(inv.Report(cantExec(p.argv[0], err)))
}

func prepare(st *proc.State, prog string, argv []string, wait bool) (prepared, error) {
	if !st.Virtual() {
		return prepared{}, errors.New("chain: a child needs a derived state")
	}
	caller := &applet.Invocation{Prog: prog, Proc: st}
	dirs := st.SearchPath()
	for len(argv) > 0 {
		to, err := resolveIn(st, dirs, argv[0])
		if err != nil {
			return prepared{status: proc.Exited(caller.Report(cantExec(argv[0], err)))}, nil
		}
		if to.applet == nil || !inProcess(to.applet, wait) {
			return prepared{path: to.path, argv: to.call(st, argv)}, nil
		}
		undo := st.Snapshot()
		inv := applet.New(to.applet, st.Call(argv), st)
		dirs = st.SearchPath()
		rest, err := call(inv)
		if errors.Is(err, proc.ErrNeedProcess) {
			undo()
			return prepared{path: to.path, argv: to.call(st, argv)}, nil
		}
		if err != nil {
			return prepared{status: ended(inv, err)}, nil
		}
		caller, argv = inv, rest
	}
	return prepared{}, nil
}

func inProcess(a *applet.Applet, wait bool) bool {
	if a.Chain != nil {
		return wait || !a.Waits
	}
	return wait && a.Inline
}

func call(inv *applet.Invocation) (rest []string, err error) {
	if inv.Chain != nil {
		return inv.Chain(inv)
	}
	return nil, inv.Run(inv)
}

// ended is the status that a process ending with err would have had.
func ended(inv *applet.Invocation, err error) proc.Status {
	return proc.Exited(inv.Report(err))
}
