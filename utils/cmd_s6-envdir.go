package utils

import (
	"errors"

	"s6box/internal/applet"
	"s6box/internal/envdir"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var (
	cmdS6Envdir = applet.Applet{
		Name:  "s6-envdir",
		Usage: envdirUsage,
		Help:  envdirHelp + "Example: s6-envdir -I /etc/app/env server\n",
		Chain: func(inv *applet.Invocation) ([]string, error) { return runEnvdir(inv, envdir.Clamp) },
	}
	cmdJustcEnvdir = applet.Applet{
		Name:  "justc-envdir",
		Usage: envdirUsage,
		Help: "This is s6-envdir -L under the name it had in older releases of s6-overlay.\n\n" + envdirHelp +
			"Example: justc-envdir /etc/app/env server\n",
		Chain: func(inv *applet.Invocation) ([]string, error) { return runEnvdir(inv, envdir.NoLimit) },
	}
)

const envdirUsage = "[ -I | -i ] [ -n ] [ -f ] [ -L ] [ -c nullchar ] dir prog..."

const envdirHelp = `Sets a variable for each file of dir, named as the file, to the first line of the file without blanks at
its end, and goes on with prog. NUL becomes a newline. An empty file unsets its variable. Files whose name
starts with a dot or holds a '=' are skipped.

  -i        exit 111 if dir does not exist (default)
  -I        do nothing if dir does not exist
  -f        the whole file, without its last newline
  -n        keep blanks at the end of the line, or with -f the last newline
  -L        read all of a file, not only its first 4095 bytes
  -c CHARS  NUL becomes the first character of CHARS

Exit codes: 111 dir or a file in it can't be read.

`

func runEnvdir(inv *applet.Invocation, limit int) ([]string, error) {
	how := envdir.Options{Limit: limit, Wait: func() error {
		if inv.Proc.Virtual() {
			return proc.ErrNeedProcess
		}
		return nil
	}}
	loose := false
	err := inv.Getopt("IinfLc:", func(opt byte, value string) error {
		switch opt {
		case 'I', 'i':
			loose = opt == 'I'
		case 'n':
			how.NoChomp = true
		case 'f':
			how.Verbatim = true
		case 'L':
			how.Limit = envdir.NoLimit
		case 'c':
			if value == "" {
				return applet.Fatal(applet.ExitSystem, "option -c: no character to put in place of NUL")
			}
			how.Null = value[0]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	dir, rest := inv.Args[0], inv.Args[1:]
	path, err := inv.Proc.Path(dir)
	if err != nil {
		return nil, err
	}
	changes, err := envdir.Read(sys.AT, path, how)
	if loose && envdir.Missing(err) {
		return rest, nil
	}
	if errors.Is(err, proc.ErrNeedProcess) {
		return nil, proc.ErrNeedProcess
	}
	if err != nil {
		return nil, unreadable(dir, err)
	}
	inv.Proc.Env = inv.Proc.Env.Merge(changes)
	return rest, nil
}

func unreadable(dir string, err error) error {
	var file *envdir.FileError
	if errors.As(err, &file) {
		return applet.Fatal(applet.ExitSystem, "unable to envdir %s: %s (file %s)", dir, applet.Reason(file.Err), file.Name)
	}
	return applet.System(err, "envdir %s", dir)
}
