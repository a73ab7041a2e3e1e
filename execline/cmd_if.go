package execline

import "s6box/internal/applet"

var cmdIf = applet.Applet{
	Name:  "if",
	Usage: "[ -X ] [ -n ] [ -t | -x exitcode ] { block } remainder...",
	Help: `Runs block and, if it exits 0, goes on with the remainder. Otherwise if exits with block's code.

  -n        go on if block fails
  -X        a block killed by a signal is a plain failure, not a fatal error
  -t        exit 0 when not going on
  -x CODE   exit CODE when not going on

Exit codes: block's (128 for all from 128 on), 1 with -n, 128 plus the signal that killed block, 111 when
block's program can't be executed.

Example: if { eltest -d /data } foreground { s6-echo ready } server
`,
	Chain: runIf,
	Waits: true,
}

func runIf(inv *applet.Invocation) ([]string, error) {
	var negate, crashIsFalse, fixed bool
	code := uint64(0)
	err := inv.Getopt("nXtx:", func(opt byte, value string) error {
		switch opt {
		case 'n':
			negate = true
		case 'X':
			crashIsFalse = true
		case 't':
			code, fixed = 0, true
		case 'x':
			fixed = true
			return inv.Uint(&code)(value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if code > 255 {
		return nil, applet.Fatal(applet.ExitUsage, "invalid exit code: %d", code)
	}
	block, err := takeBlock(inv, 1, "")
	if err != nil {
		return nil, err
	}
	status, err := condition(inv, block, crashIsFalse)
	if err != nil {
		return nil, err
	}
	if status.OK() != negate {
		return inv.Args, nil
	}
	switch {
	case fixed:
		return nil, applet.Exit(int(code))
	case negate:
		return nil, applet.Exit(1)
	default:
		return nil, applet.Exit(status.Approx())
	}
}
