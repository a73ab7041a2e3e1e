package supervise

import (
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdS6Svlisten = applet.Applet{
	Name:  "s6-svlisten",
	Usage: `[ -U | -u | -d | -D | -r | -R ] [ -a | -o ] [ -t timeout ] { servicedir... } prog...`,
	Help: `Listens to supervised services, runs prog, and waits until the services are in a state. What prog causes
can't be missed. The exit code of prog does not count. Without any servicedir it executes prog.

` + waitHelp + `  -a   all of the services (the default)
  -o   one of them is enough; not with -r and -R
  -t MS  give up after MS milliseconds

` + waitCodes + `
Example: s6-svlisten -U -t 5000 { web database } s6-svc -u web
`,
	Chain: runSvlisten,
	Waits: true,
}

var cmdS6Svlisten1 = applet.Applet{
	Name:  "s6-svlisten1",
	Usage: `[ -U | -u | -d | -D | -r | -R ] [ -t timeout ] servicedir prog...`,
	Help: `Listens to a supervised service, runs prog, and waits until the service is in a state. What prog causes
can't be missed. The exit code of prog does not count.

` + waitHelp + `  -t MS  give up after MS milliseconds

` + waitCodes + `
Example: s6-svlisten1 -d /run/service/web kill $PID
`,
	Run: runSvlisten1,
}

func runSvlisten(inv *applet.Invocation) (rest []string, err error) {
	var w waiting
	if err := inv.Getopt("uUdDrRaot:", w.set(inv)); err != nil {
		return nil, err
	}
	if w.any && w.goal.Restart {
		inv.Warn("-o is unsupported when combined with -r or -R, using -a instead")
		w.any = false
	}
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	dirs, prog, err := chain.NamedBlock(inv, inv.Args, 1, "servicedir")
	if err != nil {
		return nil, err
	}
	switch {
	case len(prog) == 0:
		return nil, inv.UsageError()
	case len(dirs) == 0:
		return prog, nil
	case inv.Proc.Virtual():
		return nil, proc.ErrNeedProcess // the child is to be its own
	}
	return nil, w.listen(inv, dirs, prog)
}

func runSvlisten1(inv *applet.Invocation) error {
	var w waiting
	if err := inv.Getopt("uUdDrRt:", w.set(inv)); err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	return w.listen(inv, inv.Args[:1], inv.Args[1:])
}

// listen follows the services in dirs, starts prog and waits for the services.
func (w *waiting) listen(inv *applet.Invocation, dirs, prog []string) error {
	deadline := sys.Deadline(w.timeout)
	ws, err := followAll(inv, dirs, func(string) Goal { return w.goal }, w.any)
	if err != nil {
		return err
	}
	defer ws.Release()
	if err := start(inv, prog); err != nil {
		return err
	}
	return await(ws, deadline)
}

// start starts prog as a child that nobody waits for. Having no such program is exit code 111.
func start(inv *applet.Invocation, prog []string) error {
	st := inv.Proc.Clone()
	defer st.Release()
	_, _, err := chain.Start(st, prog)
	return err
}
