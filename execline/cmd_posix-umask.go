package execline

import (
	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdPosixUmask = applet.Applet{
	Name:  "posix-umask",
	Usage: "[ -S ] [ mask ] [ prog... ]",
	Help: `Sets the file creation mask as POSIX says of umask, in octal or as permissions (u=rwx,g-w), and executes prog...
if there is one. Without a mask, prints it.

  -S        print it as permissions

Exit codes: 1 a mask that is none, 100 wrong usage, else prog's.

Example: posix-umask u=rwx,go= server
`,
	Chain: runPosixUmask,
}

func runPosixUmask(inv *applet.Invocation) ([]string, error) {
	symbolic := false
	err := inv.Getopt("S", func(opt byte, value string) error { symbolic = true; return nil })
	if err != nil {
		return nil, err
	}
	mask := inv.Proc.CurrentUmask()
	if len(inv.Args) == 0 {
		text := octalMask(mask)
		if symbolic {
			text = proc.SymbolicMask(mask)
		}
		if _, err := inv.Proc.Stdout().Write([]byte(text + "\n")); err != nil {
			return nil, applet.System(err, "write to stdout")
		}
		return nil, nil
	}
	mask, ok := parseMask(inv.Args[0], mask)
	if !ok {
		return nil, applet.Fatal(1, "invalid mode string: %s", inv.Args[0])
	}
	inv.Proc.Umask(mask)
	return inv.Args[1:], nil
}
