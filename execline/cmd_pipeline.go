package execline

import (
	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdPipeline = applet.Applet{
	Name:  "pipeline",
	Usage: "[ -d ] [ -r | -w ] { block } remainder...",
	Help: `Starts block and goes on with the remainder, with a pipe between the two: what block writes to its standard output,
the remainder reads from its standard input.

The variable ! is set to the pid of block's process.

  -w   the other way round: the remainder writes and block reads
  -r   block writes and the remainder reads (default)
  -d   start block as a grandchild: nobody here has to wait for it

Exit codes: 100 for an empty block or remainder, 111 when block's program can't be executed.

Example: pipeline { s6-ls /etc } s6-sort
`,
	Chain: runPipeline,
	Waits: true,
}

func runPipeline(inv *applet.Invocation) ([]string, error) {
	orphan := false
	blockEnd, ownEnd := 1, 0
	err := inv.Getopt("drw", func(opt byte, _ string) error {
		switch opt {
		case 'd':
			orphan = true
		case 'r':
			blockEnd, ownEnd = 1, 0
		case 'w':
			blockEnd, ownEnd = 0, 1
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if inv.Proc.Virtual() {
		return nil, proc.ErrNeedProcess // before blocks are read: what is said of them is said once
	}
	block, err := fullBlock(inv)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, applet.Fatal(applet.ExitUsage, "empty remainder")
	}
	var ends [2]int
	if ends[0], ends[1], err = proc.Pipe(); err != nil {
		return nil, applet.System(err, "pipe")
	}
	child := inv.Proc.Clone()
	child.SetFD(blockEnd, ends[blockEnd])
	err = startBeside(inv, child, block, orphan)
	child.Release()
	if err != nil {
		return nil, err
	}
	if err := inv.Proc.SetFD(ownEnd, ends[ownEnd]); err != nil {
		return nil, applet.System(err, "move the pipe to descriptor %d", ownEnd)
	}
	return inv.Args, nil
}
