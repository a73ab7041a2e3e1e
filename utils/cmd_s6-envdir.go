package utils

import (
	"bytes"
	"math"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// clamp is how much of a file s6-envdir reads without -L.
const clamp = 4095

func init() {
	usage := "[ -I | -i ] [ -n ] [ -f ] [ -L ] [ -c nullchar ] dir prog..."
	help := `Sets a variable for each file of dir, named as the file, to the first line of the file without blanks at
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
	applet.Register(&applet.Applet{
		Name:  "s6-envdir",
		Usage: usage,
		Help:  help + "Example: s6-envdir -I /etc/app/env server\n",
		Chain: func(inv *applet.Invocation) ([]string, error) { return runEnvdir(inv, clamp) },
	})
	applet.Register(&applet.Applet{
		Name:  "justc-envdir",
		Usage: usage,
		Help:  "This is s6-envdir -L under the name it had in older releases of s6-overlay.\n\n" + help + "Example: justc-envdir /etc/app/env server\n",
		Chain: func(inv *applet.Invocation) ([]string, error) { return runEnvdir(inv, math.MaxInt) },
	})
}

// envdir is how files become values.
type envdir struct {
	verbatim, nochomp bool
	limit             int
	null              byte
}

func runEnvdir(inv *applet.Invocation, limit int) ([]string, error) {
	ed := envdir{limit: limit, null: '\n'}
	loose := false
	err := inv.Getopt("IinfLc:", func(opt byte, value string) error {
		switch opt {
		case 'I', 'i':
			loose = opt == 'I'
		case 'n':
			ed.nochomp = true
		case 'f':
			ed.verbatim = true
		case 'L':
			ed.limit = math.MaxInt
		case 'c':
			if value == "" {
				return inv.UsageError()
			}
			ed.null = value[0]
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
	names, err := sys.ReadDir(sys.AT, path)
	if err == unix.ENOENT && loose {
		return rest, nil
	}
	if err != nil {
		return nil, applet.System(err, "envdir %s", dir)
	}
	var changes []string
	for _, name := range names {
		if name[0] == '.' || strings.Contains(name, "=") {
			continue
		}
		text, err := sys.ReadFile(sys.AT, path+"/"+name, ed.limit)
		if err != nil {
			return nil, applet.Fatal(applet.ExitSystem, "unable to envdir %s: %s (file %s)", dir, applet.Reason(err), name)
		}
		changes = append(changes, ed.change(name, text))
	}
	inv.Proc.Env = inv.Proc.Env.Merge(changes)
	return rest, nil
}

// change is what a file of that content means: name=value, or name alone to unset it.
func (ed *envdir) change(name string, text []byte) string {
	if len(text) == 0 {
		return name
	}
	switch {
	case !ed.verbatim:
		text, _, _ = bytes.Cut(text, []byte("\n"))
		if !ed.nochomp {
			text = bytes.TrimRight(text, " \t")
		}
	case !ed.nochomp:
		text = bytes.TrimSuffix(text, []byte("\n"))
	}
	return name + "=" + string(bytes.ReplaceAll(text, []byte{0}, []byte{ed.null}))
}
