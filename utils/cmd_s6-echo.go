package utils

import (
	"strings"

	"s6box/internal/applet"
)

var (
	cmdS6Echo          = applet.Applet{Name: "s6-echo", Usage: echoUsage, Help: echoHelp + "s6-echo" + echoExample, Run: runEcho, Inline: true}
	cmdS6LinuxInitEcho = applet.Applet{Name: "s6-linux-init-echo", Usage: echoUsage, Help: echoHelp + "s6-linux-init-echo" + echoExample, Run: runEcho, Inline: true}
)

const (
	echoUsage = "[ -n ] [ -s sep ] args..."
	echoHelp  = `Writes its arguments to stdout, with a space between them and a newline at the end.

  -n      no newline at the end
  -s SEP  the first character of SEP instead of the space; NUL if SEP is empty

Exit codes: 111 stdout can't be written.

Example: `
	echoExample = " -n -s : one two\n"
)

func runEcho(inv *applet.Invocation) error {
	sep, end := " ", "\n"
	err := inv.Getopt("ns:", func(opt byte, value string) error {
		if opt == 'n' {
			end = ""
		} else {
			sep = (value + "\x00")[:1]
		}
		return nil
	})
	if err != nil {
		return err
	}
	return print(inv, strings.Join(inv.Args, sep)+end)
}
