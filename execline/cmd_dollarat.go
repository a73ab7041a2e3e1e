package execline

import (
	"s6box/internal/applet"

	"s6box/execline/subst"
)

var cmdDollarat = applet.Applet{
	Name:  "dollarat",
	Usage: "[ -n ] [ -0 | -d delimchar ]",
	Help: `Prints the positional parameters that execlineb left in the environment, a newline behind each.

  -n        nothing behind the last
  -0        a NUL byte instead of a newline
  -d CHAR   the first byte of CHAR instead; if CHAR is empty, print netstrings

Exit codes: 100 wrong usage or no valid parameters in the environment, 111 nothing can be written.

Example: forbacktickx -0 -E ARG { dollarat -0 } s6-echo ${ARG}
`,
	Run:    runDollarat,
	Inline: true,
}

func runDollarat(inv *applet.Invocation) error {
	chomp, delim := false, "\n"
	err := inv.Getopt("n0d:", func(opt byte, value string) error {
		switch opt {
		case 'n':
			chomp = true
		case '0':
			delim = "\x00"
		case 'd':
			delim = value
		}
		return nil
	})
	if err != nil {
		return err
	}
	args, err := numberedFrame(inv)
	if err != nil {
		return err
	}
	if _, err := inv.Proc.Stdout().Write(subst.Join(args, delim, chomp)); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}
