package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6FtrigWait = applet.Applet{
	Name:  "s6-ftrig-wait",
	Usage: "[ -t timeout ] fifodir regexp",
	Help: `Listens to an event directory until the events it gets match regexp, an extended regular expression, and
prints those events.

  -t, --timeout MS  give up after MS milliseconds

Exit codes: 0 matched, 99 timed out, 100 wrong usage, 111 system call failed.

Example: s6-ftrig-wait -t 5000 /run/service/web/event U
`,
	Run: runFtrigWait,
}

func runFtrigWait(inv *applet.Invocation) error {
	var timeout uint64
	err := inv.Gol(applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &timeout)})
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	deadline := sys.Deadline(timeout)
	p, err := newPattern(inv, inv.Args[0], inv.Args[1])
	if err != nil {
		return err
	}
	defer p.listener.Release()
	switch err := (patterns{p}).wait(false, deadline); {
	case err == unix.ETIMEDOUT:
		return applet.Fatal(applet.ExitDone, "unable to match regexp on %s: Operation timed out", inv.Args[1])
	case err != nil:
		return applet.System(err, "match regexp on %s", inv.Args[1])
	}
	return p.print(inv)
}

// print writes the events that matched to standard output, and a newline.
func (p *pattern) print(inv *applet.Invocation) error {
	if _, err := inv.Proc.Stdout().Write(append(p.seen, '\n')); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}
