package utils

import (
	"strings"

	"s6box/internal/applet"
)

func init() {
	for _, name := range [...]string{"s6-echo", "s6-linux-init-echo"} {
		registerEcho(name)
	}
}

func registerEcho(name string) {
	applet.Register(&applet.Applet{
		Name:  name,
		Usage: "[ -n ] [ -s sep ] args...",
		Help: `Writes its arguments to stdout, with a space between them and a newline at the end.

  -n      no newline at the end
  -s SEP  the first character of SEP instead of the space; NUL if SEP is empty

Exit codes: 111 stdout can't be written.

Example: ` + name + ` -n -s : one two
`,
		Run:    runEcho,
		Inline: true,
	})
}

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
