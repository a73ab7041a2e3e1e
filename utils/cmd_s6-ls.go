package utils

import (
	"slices"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Ls = applet.Applet{
	Name:  "s6-ls",
	Usage: "[ -0 ] [ -a | -A ] [ -x exclude ] dir",
	Help: `Prints the names in a directory, one a line, in no order. Names that start with a dot are left out.

  -a       these too, but not . and ..
  -A       these too, and . and ..
  -x NAME  not NAME; of several -x the last one counts
  -0       NUL instead of the newline

Exit codes: 111 dir can't be read.

Example: s6-ls -x lost+found /srv
`,
	Run: runLs,
}

func runLs(inv *applet.Invocation) error {
	all, dots, exclude, end := false, false, "", "\n"
	err := inv.Getopt("0aAx:", func(opt byte, value string) error {
		switch opt {
		case '0':
			end = "\x00"
		case 'a', 'A':
			all, dots = true, opt == 'A'
		case 'x':
			exclude = value
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	names, err := sys.ReadDir(sys.AT, inv.Args[0])
	if err != nil {
		return applet.System(err, "open directory %s", inv.Args[0])
	}
	if dots {
		names = append([]string{".", ".."}, names...)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return name == exclude || !all && strings.HasPrefix(name, ".")
	})
	return print(inv, joinEnv(names, end))
}
