package supervise

import (
	"strconv"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

// nested bounds how many scripts may interpret one another, as in the kernel.
const nested = 4

// scriptOf tells which of our commands interprets an executable script, and with which arguments: what the
// kernel would have it called with. ok is false for a script that is somebody else's.
func (s *service) scriptOf(st *proc.State, file string, args []string) (a *applet.Applet, argv []string, ok bool) {
	for range nested {
		sb, found := readShebang(s.at(), file)
		if !found || sb.crlf {
			return nil, nil, false
		}
		name := sb.interpreter[strings.LastIndexByte(sb.interpreter, '/')+1:]
		words := []string{sb.interpreter}
		if sb.arg != "" {
			words = append(words, sb.arg)
		}
		argv = append(append(words, file), args...)
		script, byName := strings.CutPrefix(sb.arg, "--script=")
		if byName {
			name, argv = script, argv[2:] // as `s6box --script=NAME FILE args` does
		}
		if a = applet.Lookup(name); a == nil || !executable(s.at(), file) {
			return nil, nil, false
		}
		if st.IsSelf(sb.interpreter) {
			return a, argv, a.Chain != nil && !a.Waits
		}
		if byName {
			return nil, nil, false
		}
		file, args = sb.interpreter, argv[1:]
	}
	return nil, nil, false
}

// evaluate runs a script of ours on st as far as that takes no process, and starts what is left: the
// program itself, mostly, without this binary having to start up in between. ok is false if it has to be
// done by executing the script.
func (s *service) evaluate(st *proc.State, file string, args []string) (pid int, ok bool, err error) {
	a, argv, ok := s.scriptOf(st, file, args)
	if !ok {
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
		if pid, status, err = chain.Start(st, rest); err != nil {
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
