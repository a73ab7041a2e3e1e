package supervise

import (
	"errors"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Svscanctl = applet.Applet{
	Name:  "s6-svscanctl",
	Usage: "[ -zabhitqnN ] svscandir",
	Help: `Sends commands to the s6-svscan of a scan directory, in the order of the options.

  -a   scan the directory for new services now
  -n   nuke: end the supervisors of services that are no longer there
  -N   the same, and end loggers by force as well
  -h   reload: scan and nuke (-an)
  -t   terminate: end all services, let their loggers finish, then s6-svscan
  -i   the same
  -q   quit: end all services and loggers, then s6-svscan
  -b   abort: s6-svscan ends and leaves the supervisors alone
  -z   reap zombies now

Exit codes: 0 sent, 100 wrong usage or no s6-svscan runs there, 111 system call failed.

Example: s6-svscanctl -h /run/service
`,
	Run: runSvscanctl,
}

func runSvscanctl(inv *applet.Invocation) error {
	var letters []byte
	err := inv.Getopt("zabhitqnN", func(opt byte, _ string) error {
		if len(letters) == mostLetters {
			return applet.Fatal(applet.ExitUsage, "too many commands")
		}
		letters = append(letters, opt)
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	return controlScandir(inv, inv.Args[0], string(letters))
}

// controlScandir sends letters to the s6-svscan of dir.
func controlScandir(inv *applet.Invocation, dir, letters string) error {
	path, err := operand(inv, dir)
	if err != nil {
		return err
	}
	switch err := ControlScandir(sys.AT, path, letters); {
	case errors.Is(err, ErrNotListening):
		return applet.Fatal(applet.ExitUsage, "unable to control %s: %v", dir, err)
	case err != nil:
		return applet.System(err, "control %s", dir)
	}
	return nil
}
