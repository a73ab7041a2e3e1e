package supervise

import (
	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Svok = applet.Applet{
	Name:  "s6-svok",
	Usage: "servicedir",
	Help: `Tells whether a supervisor runs on servicedir.

Exit codes: 0 there is one, 1 there is none.

Example: if { s6-svok /run/service/web } s6-svc -r /run/service/web
`,
	Run:    runSvok,
	Inline: true,
}

func runSvok(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	running, err := isRunning(inv, inv.Args[0])
	if err == nil && !running {
		err = applet.Exit(1)
	}
	return err
}

func isRunning(inv *applet.Invocation, dir string) (bool, error) {
	path, err := operand(inv, dir)
	if err != nil {
		return false, err
	}
	running, err := Running(sys.AT, path)
	if err != nil {
		return false, applet.System(err, "check %s", dir)
	}
	return running, nil
}
