package execline

import (
	"s6box/internal/applet"
	"s6box/internal/chain"
)

func init() {
	applet.Register(&applet.Applet{
		Name:  "if",
		Usage: "[ -X ] [ -n ] [ -t | -x exitcode ] { block } remainder...",
		Help: `Runs block and, if it exits 0, goes on with the remainder. Otherwise if exits with block's code.

  -n        go on if block fails
  -X        a block killed by a signal is a plain failure
  -t        exit 0 when not going on
  -x CODE   exit CODE when not going on

Example: if { eltest -d /data } foreground { s6-echo ready } server
`,
		Chain: runIf,
		Waits: true,
	})
}

func runIf(inv *applet.Invocation) ([]string, error) {
	var negate, anyCrash bool
	code := uint64(0)
	fixed := false
	err := inv.Getopt("nXtx:", func(opt byte, value string) error {
		switch opt {
		case 'n':
			negate = true
		case 'X':
			anyCrash = true
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
	block, rest, err := chain.Block(inv, inv.Args, 1)
	if err != nil {
		return nil, err
	}
	status, err := chain.RunBlock(inv, block)
	if err != nil {
		return nil, err
	}
	if sig := status.Signal(); sig != 0 && !anyCrash {
		return nil, applet.Fatal(status.Approx(), "child crashed with signal %d", sig)
	}
	if status.OK() != negate {
		return rest, nil
	}
	switch {
	case fixed:
		return nil, applet.Exit(int(code & 0xff))
	case negate:
		return nil, applet.Exit(1)
	default:
		return nil, applet.Exit(status.Approx())
	}
}
