package utils

import (
	"strconv"
	"strings"

	"s6box/internal/applet"
)

var cmdS6Printenv = applet.Applet{
	Name:  "s6-printenv",
	Usage: "[ -n ] [ -0 | -d delimchar ]",
	Help: `Prints the environment, one variable a line.

  -n        no delimiter behind the last variable
  -0        NUL instead of the newline, whatever -d says
  -d CHARS  the first character of CHARS instead of the newline; netstrings if it is empty

Exit codes: 0, 100 wrong usage, 111 it can't print.

Example: s6-printenv -0
`,
	Run:    runPrintenv,
	Inline: true,
}

func runPrintenv(inv *applet.Invocation) error {
	delim, chomp, null := "\n", false, false
	err := inv.Getopt("n0d:", func(opt byte, value string) error {
		switch opt {
		case 'n':
			chomp = true
		case '0':
			null = true
		case 'd':
			delim = value[:min(1, len(value))]
		}
		return nil
	})
	if err != nil {
		return err
	}
	if null {
		delim = "\x00"
	} else if delim == "" {
		return print(inv, netstrings(inv.Proc.Env))
	}
	text := joinEnv(inv.Proc.Env, delim)
	if chomp {
		text = strings.TrimSuffix(text, delim)
	}
	return print(inv, text)
}

func netstrings(words []string) string {
	var out strings.Builder
	for _, w := range words {
		out.WriteString(strconv.Itoa(len(w)) + ":" + w + ",")
	}
	return out.String()
}
