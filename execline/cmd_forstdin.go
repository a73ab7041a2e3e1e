package execline

import (
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

const loopHelp = `  -p         run all of them at the same time (10000 at most) and wait for them at the end
  -P N       run at most N of them at the same time; with 1, as without the option
  -o CODES   go on only as long as loop exits with one of the codes (3,4,5); one killed by a signal counts as 128
             plus the signal, and codes from 128 on as 128
  -x CODES   end the loop when loop exits with one of the codes
  -E         substitute ${variable} in loop instead of setting it in the environment
  -e         don't (default)
`

var cmdForstdin = applet.Applet{
	Name:  "forstdin",
	Usage: "[ -E | -e ] [ -p | -P maxpar | -o okcodes | -x breakcodes ] [ -N | -n ] [ -C | -c ] [ -0 | -d delims ] variable loop...",
	Help: `Runs loop once for every line of the standard input, as it comes, with variable set to it.

` + elementHelp + loopHelp + `
Exit codes: 0, 1 if there was nothing to run loop for, or the code that ended the loop. With -p and -P no code
ends it. 111 when loop can't be executed, or for bad netstrings.

Example: pipeline { s6-ls /etc } forstdin -E FILE s6-echo found $FILE
`,
	Chain: runForstdin,
	Waits: true,
}

var cmdForbacktickx = applet.Applet{
	Name:  "forbacktickx",
	Usage: "[ -E | -e ] [ -p | -P maxpar | -o okcodes | -x breakcodes ] [ -N | -n ] [ -C | -c ] [ -0 | -d delims ] variable { block } loop...",
	Help: `Runs block, and loop once for every line that block writes to its standard output, as it comes, with variable
set to it.

` + elementHelp + loopHelp + `
Exit codes: 0, 1 if there was nothing to run loop for, or the code that ended the loop. With -p and -P no code
ends it. 111 when block or loop can't be executed, or for bad netstrings.

Example: forbacktickx -E FILE { s6-ls /etc } s6-echo found $FILE
`,
	Chain: runForbacktickx,
	Waits: true,
}

// readLoop takes the options of forstdin and forbacktickx.
func readLoop(inv *applet.Invocation) (*loop, elementOptions, error) {
	l := &loop{inv: inv}
	o := elementOptions{delims: "\n"}
	err := inv.Getopt("EepP:o:x:NnCc0d:", func(opt byte, value string) error {
		shared, err := l.set(opt, value)
		if !shared {
			o.set(opt, value)
		}
		return err
	})
	if err == nil && len(inv.Args) < 2 {
		err = inv.UsageError()
	}
	if err == nil {
		err = l.begin()
	}
	return l, o, err
}

func runForstdin(inv *applet.Invocation) ([]string, error) {
	l, o, err := readLoop(inv)
	if err != nil {
		return nil, err
	}
	l.body = inv.Args
	return nil, l.over(&elements{elementOptions: o, from: inv.Proc.Stdin()})
}

func runForbacktickx(inv *applet.Invocation) ([]string, error) {
	l, o, err := readLoop(inv)
	if err != nil {
		return nil, err
	}
	if inv.Proc.Virtual() {
		return nil, proc.ErrNeedProcess // for the block's sake, which nobody waits for
	}
	block, err := fullBlock(inv)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, applet.Fatal(applet.ExitUsage, "empty loop body")
	}
	l.body, l.front = inv.Args, inv.Prog
	r, w, err := proc.Pipe()
	if err != nil {
		return nil, applet.System(err, "pipe")
	}
	child := inv.Proc.Clone()
	child.SetFD(1, w)
	_, _, err = chain.Start(child, block)
	child.Release()
	if err != nil {
		return nil, err
	}
	inv.Proc.Env = inv.Proc.Env.Unset("!")
	return nil, l.over(&elements{elementOptions: o, from: proc.FD(r)})
}
