package supervise

import (
	"strconv"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

// evaluate runs the script file, if it is one of ours, on st as far as that takes no process, and starts what is left: the
// program itself, mostly, without this binary having to start up in between. ok is false if it has to be
// done by executing the script.
func (s *service) evaluate(st *proc.State, sb chain.Shebang, file string, args []string) (pid int, ok bool, err error) {
	may := func(file string) bool { return executable(s.at(), file) }
	a, argv, ok := sb.Applet(st, s.at(), file, args, may)
	if !ok || a.Chain == nil || a.Waits {
		return 0, false, nil
	}
	undo := st.Snapshot()
	inv := applet.New(a, argv, st)
	rest, err := a.Chain(inv)
	if err == proc.ErrNeedProcess {
		undo()
		return 0, false, nil
	}
	var status proc.Status
	if err != nil {
		status = proc.Exited(inv.Report(err))
	} else if len(rest) > 0 {
		if pid, status, err = chain.StartRest(st, inv.Prog, rest); err != nil {
			status = proc.Exited(inv.Report(err))
		}
	}
	if pid == 0 {
		pid, err = s.exits(status)
	}
	return pid, true, err
}

// exits starts a process that ends as a script did whose end is known already.
func (s *service) exits(status proc.Status) (int, error) {
	st := proc.New(s.engine.Env)
	defer st.Release()
	if err := st.Setsid(); err != nil {
		return 0, err
	}
	return st.Spawn(proc.Self(), []string{"exit", strconv.Itoa(status.Approx())})
}
