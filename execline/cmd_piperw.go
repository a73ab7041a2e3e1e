package execline

import "s6box/internal/applet"

var cmdPiperw = applet.Applet{
	Name:  "piperw",
	Usage: "fdr fdw prog...",
	Help: `Makes a pipe with fdr as its reading end and fdw as its writing end, and executes prog...

Exit codes: 100 wrong usage, 111 a pipe can't be made, else prog's.

Example: piperw 3 4 background { fdmove 1 4 fdclose 3 producer } fdclose 4 fdmove 0 3 consumer
`,
	Chain: runPiperw,
}

func runPiperw(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	r, w, err := fdNumbers(inv, inv.Args[0], inv.Args[1])
	if err != nil {
		return nil, err
	}
	if r == w {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.SetPipe(r, w); err != nil {
		return nil, applet.System(err, "make a pipe of fds %d and %d", r, w)
	}
	return inv.Args[2:], nil
}
