package supervise

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

var cmdS6Svstat = applet.Applet{
	Name:  "s6-svstat",
	Usage: "[ -uwNrpgest | -o up,wantedup,normallyup,ready,paused,pid,pgid,exitcode,signal,signum,updownsince,readysince,updownfor,readyfor ] [ -n ] servicedir",
	Help: `Prints the state of a supervised service: one line for people, or the fields asked for, on one line.

  -o FIELDS  the named fields, separated by commas:
       up wantedup normallyup ready paused     true or false; ready is false for what is down
       pid pgid                                -1 when down
       exitcode signal signum                  how it last died: -1, NA, -1 where that does not apply
       updownsince readysince                  TAI64N time of the last change and of the last readiness
       updownfor readyfor                      the same in seconds until now
  -u -w -N -r -p -g -e -s -t   up wantedup normallyup ready pid pgid exitcode signal updownfor
  -n   signals are numbers in the line for people

Exit codes: 0 done, 1 no supervisor runs on servicedir, 100 wrong usage, 111 system call failed.

Example: s6-svstat -o up,ready /run/service/web
`,
	Run:    runSvstat,
	Inline: true,
}

// fieldOf is the field that a letter option stands for.
func fieldOf(letter byte) string {
	switch letter {
	case 'u':
		return "up"
	case 'w':
		return "wantedup"
	case 'N':
		return "normallyup"
	case 'r':
		return "ready"
	case 'p':
		return "pid"
	case 'g':
		return "pgid"
	case 'e':
		return "exitcode"
	case 's':
		return "signal"
	}
	return "updownfor"
}

func runSvstat(inv *applet.Invocation) error {
	var fields []string
	numeric := false
	err := inv.Getopt("uwNrpgesto:n", func(opt byte, value string) error {
		switch opt {
		case 'n':
			numeric = true
		case 'o':
			return addFields(&fields, value)
		default:
			fields = append(fields, fieldOf(opt))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	v, err := readView(inv, inv.Args[0])
	if err != nil {
		return err
	}
	line := v.describe(numeric)
	if fields != nil {
		line = v.fields(fields)
	}
	if _, err := inv.Proc.Stdout().Write([]byte(line + "\n")); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

func addFields(fields *[]string, list string) error {
	if list == "" {
		return nil
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(list, ","), ",") {
		if _, ok := (&view{}).field(name); !ok {
			return applet.Fatal(applet.ExitUsage, "invalid option field: %s", name)
		}
		*fields = append(*fields, name)
	}
	return nil
}

// readView reads all there is to tell about the service in dir.
func readView(inv *applet.Invocation, dir string) (*view, error) {
	running, err := isRunning(inv, dir)
	if err != nil {
		return nil, err
	}
	if !running {
		return nil, applet.Fatal(1, "unable to read status for %s: s6-supervise not running", dir)
	}
	path, err := operand(inv, dir)
	if err != nil {
		return nil, err
	}
	status, err := ReadStatus(sys.AT, path)
	if err != nil {
		return nil, applet.System(err, "read status for %s", dir)
	}
	down, err := sys.Exists(sys.AT, path+"/down")
	if err != nil {
		return nil, applet.System(err, "stat %s/down", dir)
	}
	return &view{Status: status, now: tai.Now(), normallyUp: !down}, nil
}
