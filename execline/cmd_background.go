package execline

import (
	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdBackground = applet.Applet{
	Name:  "background",
	Usage: "[ -d ] { block } remainder...",
	Help: `Starts block and goes on with the remainder at once.

The variable ! is set to the pid of block's process.

  -d   start block as a grandchild: nobody here has to wait for it

Exit codes: 100 for an empty block, 111 when block's program can't be executed.

Example: background { s6-sleep 1 } importas -u P ! foreground { s6-echo started $P } wait { $P }
`,
	Chain: runBackground,
	Waits: true,
}

func runBackground(inv *applet.Invocation) ([]string, error) {
	orphan := false
	if err := inv.Getopt("d", func(byte, string) error { orphan = true; return nil }); err != nil {
		return nil, err
	}
	if inv.Proc.Virtual() {
		return nil, proc.ErrNeedProcess // before blocks are read: what is said of them is said once
	}
	block, err := fullBlock(inv)
	if err != nil {
		return nil, err
	}
	child := inv.Proc.Clone()
	defer child.Release()
	if err := startBeside(inv, child, block, orphan); err != nil {
		return nil, err
	}
	return inv.Args, nil
}
