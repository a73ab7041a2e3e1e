package execline

import "s6box/internal/applet"

var cmdFdswap = applet.Applet{
	Name:  "fdswap",
	Usage: "fd1 fd2 prog...",
	Help: `Swaps two descriptors and executes prog...

Exit codes: 100 wrong usage, 111 one of them is not open, else prog's.

Example: fdswap 1 2 noisy
`,
	Chain: runFdswap,
}

func runFdswap(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	a, b, err := fdNumbers(inv, inv.Args[0], inv.Args[1])
	if err != nil {
		return nil, err
	}
	if err := inv.Proc.SwapFD(a, b); err != nil {
		return nil, applet.System(err, "swap fds %d and %d", a, b)
	}
	return inv.Args[2:], nil
}
