package supervise

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Svdt = applet.Applet{
	Name:  "s6-svdt",
	Usage: "[ -S | -s ] [ -n maxentries ] servicedir",
	Help: `Prints when and how the process of a service died, a line each, the newest last.

  -S    signals by name (the default)
  -s    signals by number
  -n N  no more than the N newest

Exit codes: 0 done, 100 wrong usage, 111 system call failed.

Example: s6-svdt -n 5 /run/service/web | s6-tai64nlocal
`,
	Run:    runSvdt,
	Inline: true,
}

var cmdS6SvdtClear = applet.Applet{
	Name:  "s6-svdt-clear",
	Usage: "servicedir",
	Help: `Forgets how often the process of a service has died, which s6-svdt shows and s6-permafailon counts.

Exit codes: 0 done, 100 wrong usage, 111 system call failed.

Example: s6-svdt-clear /run/service/web
`,
	Run:    runSvdtClear,
	Inline: true,
}

func runSvdt(inv *applet.Invocation) error {
	numeric := false
	most := uint64(mostDeaths)
	err := inv.Getopt("Ssn:", func(opt byte, value string) error {
		switch opt {
		case 'n':
			return inv.Uint(&most)(value)
		default:
			numeric = opt == 's'
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if most == 0 {
		return nil
	}
	deaths, err := readTally(inv, inv.Args[0])
	if err != nil {
		return err
	}
	if most < uint64(len(deaths)) {
		deaths = deaths[uint64(len(deaths))-most:]
	}
	var out []byte
	for _, d := range deaths {
		out = append(d.Stamp.Append(out), " "+d.cause(numeric)+"\n"...)
	}
	if _, err := inv.Proc.Stdout().Write(out); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// cause tells how the process ended: "exitcode 3", "signal SIGTERM".
func (d death) cause(numeric bool) string {
	switch {
	case d.Signal == 0:
		return "exitcode " + strconv.Itoa(int(d.Code))
	case numeric:
		return "signal " + strconv.Itoa(int(d.Signal))
	}
	return "signal " + signalName(unix.Signal(d.Signal))
}

// readTally reads the deaths of the service in dir. A supervise directory without a record, or with a torn
// one, has none.
func readTally(inv *applet.Invocation, dir string) ([]death, error) {
	path, err := operand(inv, dir)
	if err != nil {
		return nil, err
	}
	deaths, err := readDeaths(sys.AT, path)
	if err == nil && len(deaths) == 0 {
		var st unix.Stat_t
		err = unix.Stat(path+"/supervise", &st)
	}
	if err != nil && err != unix.EINVAL {
		return nil, applet.System(err, "read death tally for service %s", dir)
	}
	return deaths, nil
}

func runSvdtClear(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	dir := inv.Args[0]
	path, err := operand(inv, dir)
	if err != nil {
		return err
	}
	if err := writeDeaths(sys.AT, path, nil); err != nil {
		return applet.System(err, "clear death tally for service %s", dir)
	}
	return nil
}
