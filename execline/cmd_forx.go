package execline

import "s6box/internal/applet"

var cmdForx = applet.Applet{
	Name:  "forx",
	Usage: "[ -E | -e ] [ -p | -P maxpar ] [ -o okcodes | -x breakcodes ] variable { values... } loop...",
	Help: `Runs loop once for every value of the block, with variable set to it.

  -p         run all of them at the same time (10000 at most) and wait for them at the end
  -P N       run at most N of them at the same time; with 1, as without the option
  -o CODES   go on only as long as loop exits with one of the codes (3,4,5); one killed by a signal counts as 128
             plus the signal, and codes from 128 on as 128
  -x CODES   end the loop when loop exits with one of the codes
  -E         substitute ${variable} in loop instead of setting it in the environment
  -e         don't (default)

Exit codes: 0, or the code that ended the loop. With -p and -P the loop is not ended but forx exits 1. 111 when
loop can't be executed.

Example: forx -E i { one two three } s6-echo $i
`,
	Chain: runForx,
	Waits: true,
}

func runForx(inv *applet.Invocation) ([]string, error) {
	l := loop{inv: inv}
	err := inv.Getopt("EepP:o:x:", func(opt byte, value string) error {
		_, err := l.set(opt, value)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	if err := l.begin(); err != nil {
		return nil, err
	}
	values, err := takeBlock(inv, 1, "")
	if err != nil {
		return nil, err
	}
	l.body = inv.Args
	for _, value := range values {
		if done, err := l.each(value); done {
			return nil, err
		}
	}
	if err := l.finish(); err != nil {
		return nil, err
	}
	if l.failed {
		return nil, applet.Exit(1)
	}
	return nil, nil
}
