package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Nuke = applet.Applet{
	Name:  "s6-nuke",
	Usage: "[ -h | -t | -k ]",
	Help: `Sends signals to every process there is, as far as it may: all of the system, or of the container it runs in.
Process 1 and s6-nuke itself get none. Without an option it sends nothing.

  -h  SIGHUP
  -t  SIGTERM, then SIGCONT
  -k  SIGKILL

Exit codes: 111 there is nobody to send them to, or none that it may.

Example: s6-nuke -t
`,
	Run: runNuke,
}

func runNuke(inv *applet.Invocation) error {
	var hangup, term, kill []unix.Signal
	err := inv.Getopt("htk", func(opt byte, _ string) error {
		switch opt {
		case 'h':
			hangup = []unix.Signal{unix.SIGHUP}
		case 't':
			term = []unix.Signal{unix.SIGTERM, unix.SIGCONT}
		case 'k':
			kill = []unix.Signal{unix.SIGKILL}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var failed error
	reached := false
	for _, sig := range append(append(hangup, term...), kill...) {
		if sig != unix.SIGKILL {
			inv.Proc.Ignore(sig)
		}
		if err := unix.Kill(-1, sig); err != nil {
			failed = applet.System(err, "kill")
		} else {
			reached = true
		}
	}
	if reached { // whoever is gone by the second signal was told by the first
		return nil
	}
	return failed
}
