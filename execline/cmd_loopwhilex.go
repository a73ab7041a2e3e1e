package execline

import (
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/sys"
)

var cmdLoopwhilex = applet.Applet{
	Name:  "loopwhilex",
	Usage: "[ -n ] [ -o okcodes | -x breakcodes ] prog...",
	Help: `Runs prog again and again as long as it exits 0.

  -o CODES   as long as it exits with one of the codes (0,1,2); one killed by a signal counts as 128 plus the
             signal, and codes from 128 on as 128
  -x CODES   until it exits with one of the codes
  -n         the other way round

Exit codes: that of the last prog, 111 when it can't be executed.

Example: loopwhilex -x 0 foreground { s6-sleep 1 } s6-svok /run/service/app
`,
	Chain: runLoopwhilex,
	Waits: true,
}

func runLoopwhilex(inv *applet.Invocation) ([]string, error) {
	c := codes{list: []uint64{0}, given: true}
	negate := false
	err := inv.Getopt("no:x:", func(opt byte, value string) error {
		if opt == 'n' {
			negate = true
			return nil
		}
		return c.set(inv, opt, value)
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if err := notABlock(inv, "loop body"); err != nil {
		return nil, err
	}
	if !inv.Proc.Virtual() {
		sys.KeepSmall()
	}
	for {
		status, err := chain.RunBlock(inv, inv.Args)
		if err != nil {
			return nil, err
		}
		if code := status.Approx(); c.stop(code) != negate {
			return nil, applet.Exit(code)
		}
	}
}
