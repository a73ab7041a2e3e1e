package execline

import (
	"errors"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

var cmdTryexec = applet.Applet{
	Name:  "tryexec",
	Usage: "[ -n ] [ -c ] [ -l ] [ -a argv0 ] { command... } remainder...",
	Help: `Executes command... and, if that can't be executed at all, remainder...

  -n        the other way round: try remainder..., else command...
  -c        what is tried gets an empty environment
  -a NAME   and NAME as its argv[0]
  -l        and a dash in front of its argv[0]

Exit codes: 100 wrong usage, else those of what is executed.

Example: tryexec { bash --login } sh
`,
	Chain: runTryexec,
}

func runTryexec(inv *applet.Invocation) ([]string, error) {
	swap := false
	var how execOptions
	err := inv.Getopt("ncla:", func(opt byte, value string) error {
		if opt == 'n' {
			swap = true
		}
		return how.set(opt, value)
	})
	if err != nil {
		return nil, err
	}
	first, err := fullBlock(inv)
	if err != nil {
		return nil, err
	}
	second := inv.Args
	if swap && len(second) == 0 {
		return nil, applet.Fatal(applet.ExitUsage, "empty remainder not allowed with -n")
	}
	if swap {
		first, second = second, first
	}
	return tryFirst(inv, first, second, &how)
}

// tryFirst goes on with first, or with second where that can't be executed.
func tryFirst(inv *applet.Invocation, first, second []string, how *execOptions) ([]string, error) {
	dirs, restore := inv.Proc.SearchPath(), inv.Proc.Snapshot()
	how.apply(inv, first)
	ours, err := chain.Try(inv.Proc, dirs, first)
	switch {
	case ours:
		return first, nil
	case errors.Is(err, proc.ErrNeedProcess):
		return nil, err
	}
	restore()
	return second, nil
}
