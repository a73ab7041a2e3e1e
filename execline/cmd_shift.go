package execline

import (
	"slices"

	"s6box/internal/applet"
	"s6box/internal/chain"
)

var cmdShift = applet.Applet{
	Name:  "shift",
	Usage: "[ -n arg# ] [ -b block# ] prog...",
	Help: `Drops the first positional parameters that execlineb left in the environment and executes prog...

  -n N      drop N (1 if neither -n nor -b is given)
  -b N      then drop N blocks

Exit codes: 100 wrong usage, no valid parameters in the environment or not as many blocks, else prog's.

Example: importas -S 1 shift elgetpositionals ${1} --all ${@}
`,
	Chain: runShift,
}

func runShift(inv *applet.Invocation) ([]string, error) {
	var words, blocks uint64
	given := false
	err := inv.Getopt("n:b:", func(opt byte, value string) error {
		given = true
		if opt == 'n' {
			return inv.Uint(&words)(value)
		}
		return inv.Uint(&blocks)(value)
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if !given {
		words = 1
	}
	args, err := numberedFrame(inv)
	if err != nil {
		return nil, err
	}
	if words > uint64(len(args)) {
		if err := chain.Strict(inv, "unable to shift %d arguments: got %d", words, len(args)); err != nil {
			return nil, err
		}
	}
	rest := args[min(words, uint64(len(args))):]
	for i := range blocks {
		end, err := blockEnd(inv, rest, int(i))
		if err != nil {
			return nil, err
		}
		if end < 0 {
			return nil, applet.Fatal(applet.ExitUsage, "unable to shift block %d: too few arguments (%d)", i+1, len(rest))
		}
		rest = rest[end+1:]
	}
	inv.Proc.Env = inv.Proc.Env.Merge(slices.Concat([]string{sharp(rest)}, numbered(rest), beyond(rest, len(args))))
	return inv.Args, nil
}
