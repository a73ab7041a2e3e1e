package execline

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdEnvfile = applet.Applet{
	Name:  "envfile",
	Usage: "[ -i | -I ] file prog...",
	Help: `Sets the environment variables that file assigns and executes prog... A file named - is standard input.
Lines are key = value; # begins a comment line; values may be "quoted", with C escapes; a backslash at the end of
a line joins it to the next.

  -I        a file that does not exist assigns nothing
  -i        it is an error (the default)

Exit codes: 1 a syntax error in file, 100 wrong usage, 111 file can't be read, else prog's.

Example: envfile -I /etc/default/app app
`,
	Chain: runEnvfile,
}

func runEnvfile(inv *applet.Invocation) ([]string, error) {
	loose := false
	err := inv.Getopt("iI", func(opt byte, value string) error { loose = opt == 'I'; return nil })
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	file, prog := inv.Args[0], inv.Args[1:]
	src, err := readEnvfile(inv, file, loose)
	if err != nil {
		return nil, err
	}
	vars, err := parseEnvfile(src)
	if err != nil {
		if file == "-" {
			file = "standard input"
		}
		return nil, applet.Fatal(1, "in %s: %v", file, err)
	}
	for _, kv := range vars {
		name, value, _ := strings.Cut(kv, "=")
		inv.Proc.Env = inv.Proc.Env.Set(name, value)
	}
	return prog, nil
}

func readEnvfile(inv *applet.Invocation, file string, loose bool) ([]byte, error) {
	var fd proc.FD
	if file == "-" {
		if inv.Proc.Virtual() {
			return nil, proc.ErrNeedProcess // it reads what others may want
		}
		fd = inv.Proc.Stdin()
	} else {
		if err := inv.Proc.WouldBlock(file); err != nil {
			return nil, err
		}
		n, err := inv.Proc.Open(file, unix.O_RDONLY, 0)
		if err == unix.ENOENT && loose {
			return nil, nil
		}
		if err != nil {
			return nil, applet.System(err, "open %s", file)
		}
		defer unix.Close(n)
		fd = proc.FD(n)
	}
	src, err := readAll(fd)
	if err != nil {
		return nil, applet.System(err, "read from %s", file)
	}
	return src, nil
}
