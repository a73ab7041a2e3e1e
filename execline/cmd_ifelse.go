package execline

import "s6box/internal/applet"

var cmdIfelse = applet.Applet{
	Name:  "ifelse",
	Usage: "[ -X ] [ -n ] { block-if } { block-then } remainder...",
	Help: `Runs block-if and goes on with block-then if it exits 0, with the remainder otherwise.

  -n   the other way round
  -X   a block-if killed by a signal is a plain failure, not a fatal error

Exit codes: 128 plus the signal that killed block-if, 111 when its program can't be executed, else those of what
it goes on with.

Example: ifelse { eltest -e /etc/app.conf } { app -c /etc/app.conf } app --defaults
`,
	Chain: runIfelse,
	Waits: true,
}

var cmdIfte = applet.Applet{
	Name:  "ifte",
	Usage: "[ -X ] [ -n ] { block-then } { block-else } prog-if...",
	Help: `Runs prog-if and goes on with block-then if it exits 0, with block-else otherwise.

  -n   the other way round
  -X   a prog-if killed by a signal is a plain failure, not a fatal error

Exit codes: 128 plus the signal that killed prog-if, 111 when it can't be executed, 100 when there is none, else
those of the block.

Example: ifte { s6-echo yes } { s6-echo no } eltest -d /data
`,
	Chain: runIfte,
	Waits: true,
}

var cmdIfthenelse = applet.Applet{
	Name:  "ifthenelse",
	Usage: "[ -X ] [ -s ] { block-if } { block-then } { block-else } [ remainder... ]",
	Help: `Runs block-if, then block-then if it exited 0 and block-else otherwise, and then goes on with the remainder.

  -X   a block-if killed by a signal is a plain failure, not a fatal error
  -s   goes on with the chosen block and the remainder joined to one command line, so that what the block
       changes (variables, descriptors) holds for the remainder

The variable ? is set to the exit code of the block that ran, or to 256 plus the number of the signal that
killed it. Exit codes: 128 plus the signal that killed block-if, 111 when its program can't be executed.

Example: ifthenelse { eltest -d /data } { s6-echo found } { s6-mkdir /data } server
`,
	Chain: runIfthenelse,
	Waits: true,
}

// choice are the options of the conditional commands.
type choice struct{ negate, crashIsFalse, scoped bool }

func (c *choice) set(opt byte, _ string) error {
	switch opt {
	case 'n':
		c.negate = true
	case 'X':
		c.crashIsFalse = true
	case 's':
		c.scoped = true
	}
	return nil
}

// pick runs the condition and returns the branch to take.
func (c *choice) pick(inv *applet.Invocation, test, then, otherwise []string) ([]string, error) {
	status, err := condition(inv, test, c.crashIsFalse)
	if err != nil {
		return nil, err
	}
	if status.OK() != c.negate {
		return then, nil
	}
	return otherwise, nil
}

func runIfelse(inv *applet.Invocation) ([]string, error) {
	var c choice
	if err := inv.Getopt("nX", c.set); err != nil {
		return nil, err
	}
	test, err := takeBlock(inv, 1, "if")
	if err != nil {
		return nil, err
	}
	then, err := takeBlock(inv, 2, "then")
	if err != nil {
		return nil, err
	}
	return c.pick(inv, test, then, inv.Args)
}

func runIfte(inv *applet.Invocation) ([]string, error) {
	var c choice
	if err := inv.Getopt("nX", c.set); err != nil {
		return nil, err
	}
	then, err := takeBlock(inv, 1, "then")
	if err != nil {
		return nil, err
	}
	otherwise, err := takeBlock(inv, 2, "else")
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, applet.Fatal(applet.ExitUsage, "empty command-if")
	}
	if err := notABlock(inv, "command-if"); err != nil {
		return nil, err
	}
	return c.pick(inv, inv.Args, then, otherwise)
}

func runIfthenelse(inv *applet.Invocation) ([]string, error) {
	var c choice
	if err := inv.Getopt("Xs", c.set); err != nil {
		return nil, err
	}
	var blocks [3][]string
	for i, what := range [3]string{"if", "then", "else"} {
		var err error
		if blocks[i], err = takeBlock(inv, i+1, what); err != nil {
			return nil, err
		}
	}
	branch, err := c.pick(inv, blocks[0], blocks[1], blocks[2])
	if err != nil {
		return nil, err
	}
	if c.scoped {
		return append(branch, inv.Args...), nil
	}
	if err := instruction(inv, branch); err != nil {
		return nil, err
	}
	return inv.Args, nil
}
