package privilege

import (
	"strconv"
	"strings"

	"s6box/internal/applet"
)

var cmdS6Nice = applet.Applet{
	Name:  "s6-nice",
	Usage: "[ -I | -i ] [ -n value ] prog...",
	Help: `Runs prog with a nice value that is higher (or lower) by value; 10 if not given.

  -n VALUE  what to add to the nice value
  -I        warn and go on when that is not permitted (default)
  -i        exit 111 instead

Exit codes: 100 wrong usage, 111 as -i says, 126 or 127 prog can't be executed; else prog's.

Example: s6-nice -n 5 backup
`,
	Chain: runNice,
}

func runNice(inv *applet.Invocation) ([]string, error) {
	strict := false
	n := 10
	err := inv.Getopt("Iin:", func(opt byte, value string) error {
		switch opt {
		case 'I', 'i':
			strict = opt == 'i'
		case 'n':
			var err error
			if n, err = strconv.Atoi(strings.TrimPrefix(value, "+")); err != nil {
				return inv.UsageError()
			}
			n = min(max(n, -40), 40)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.Own(); err != nil {
		return nil, err
	}
	if err := inv.Proc.Nice(n); err != nil {
		if strict {
			return nil, applet.System(err, "nice to %d", n)
		}
		inv.Warn("unable to nice to %d: %s", n, applet.Reason(err))
	}
	return inv.Args, nil
}
