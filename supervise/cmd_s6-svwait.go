package supervise

import (
	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Svwait = applet.Applet{
	Name:  "s6-svwait",
	Usage: "[ -U | -u | -d | -D | -r | -R ] [ -a | -o ] [ -t timeout ] servicedir...",
	Help: `Waits until supervised services are in a state. It is woken by events and never polls.

` + waitHelp + `  -a   all of the services (the default)
  -o   one of them is enough
  -t MS  give up after MS milliseconds

` + waitCodes + `
Example: s6-svwait -U -t 5000 /run/service/database
`,
	Run: runSvwait,
}

func runSvwait(inv *applet.Invocation) error {
	var w waiting
	if err := inv.Getopt("uUdDrRaot:", w.set(inv)); err != nil {
		return err
	}
	deadline := sys.Deadline(w.timeout)
	ws, err := followAll(inv, inv.Args, func(string) Goal { return w.goal }, w.any)
	if err != nil {
		return err
	}
	defer ws.Release()
	return await(ws, deadline)
}
