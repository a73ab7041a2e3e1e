package execline

import "s6box/internal/applet"

var cmdForeground = applet.Applet{
	Name:  "foreground",
	Usage: "{ block } remainder...",
	Help: `Runs block, waits for it, and goes on with the remainder whatever came of it.

The variable ? is set to the exit code of block, or to 256 plus the number of the signal that killed it. It is
127 when block's program does not exist and 126 when it can't be executed.

Exit codes: 100 wrong usage, 111 block can't be waited for; else the remainder's, 0 if there is none.

Example: foreground { s6-echo first } s6-echo then
`,
	Chain: runForeground,
	Waits: true,
}

func runForeground(inv *applet.Invocation) ([]string, error) {
	block, err := takeBlock(inv, 1, "")
	if err != nil {
		return nil, err
	}
	if err := instruction(inv, block); err != nil {
		return nil, err
	}
	return inv.Args, nil
}
