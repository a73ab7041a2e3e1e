package overlay

import (
	"strconv"

	"s6box/internal/applet"
	"s6box/internal/chain"
)

var cmdWithRetries = applet.Applet{
	Name:  "with-retries",
	Usage: "[ -n tries ] [ -t milliseconds ] prog...",
	Help: `Runs prog again and again until it exits 0. A prog that takes too long gets a SIGTERM and has failed.

  -n TRIES         how often at most (3)
  -t MILLISECONDS  how long each may take (500)

Exit codes: 0 prog has succeeded, 1 it has not.

Example: with-retries -n 10 -t 2000 curl -fsS http://localhost/ready
`,
	Run: runWithRetries,
}

func runWithRetries(inv *applet.Invocation) error {
	var tries, limit uint64 = 3, 500
	err := inv.Getopt("n:t:", func(opt byte, value string) error {
		n, ok := applet.ParseUint(value)
		switch {
		case !ok:
			return applet.Fatal(applet.ExitUsage, "-%c %s: not a number", opt, value)
		case opt == 'n':
			tries = n
		default:
			limit = n
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	attempt := append([]string{"s6-maximumtime", strconv.FormatUint(limit, 10)}, inv.Args...)
	for ; tries > 0; tries-- {
		st := inv.Proc.Clone()
		status, err := chain.RunRest(st, inv.Prog, attempt)
		st.Release()
		if err != nil {
			return err
		}
		if status.OK() {
			return nil
		}
	}
	return applet.Exit(1)
}
