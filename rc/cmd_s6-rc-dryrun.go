package rc

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6RcDryrun = applet.Applet{
	Name:  "s6-rc-dryrun",
	Usage: "[ -v verbosity ] [ -t timeout ] args...",
	Help: `Prints its name and the words after it, waits, and exits 0: what s6-rc -n runs in place of commands.

  -t MS   wait MS milliseconds (default 1000)
  -v N    0: print nothing

Exit codes: 0, 100 wrong usage, 111 a system call failed.

Example: s6-rc-dryrun -t 0 s6-svc -u web
`,
	Run: runDryrun,
}

func runDryrun(inv *applet.Invocation) error {
	verbosity, timeout := uint64(1), uint64(1000)
	err := inv.Getopt("v:t:", func(opt byte, value string) error {
		if opt == 'v' {
			return inv.Uint(&verbosity)(value)
		}
		return inv.Uint(&timeout)(value)
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if verbosity > 0 {
		if _, err := inv.Proc.Stdout().Write([]byte(inv.Prog + ": " + strings.Join(inv.Args, " ") + "\n")); err != nil {
			return applet.System(err, "write to stdout")
		}
	}
	if timeout > 0 {
		if _, err := sys.Poll([]unix.PollFd{}, sys.Deadline(timeout)); err != nil {
			return applet.System(err, "wait")
		}
	}
	return nil
}
