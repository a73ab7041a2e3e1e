package utils

import (
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Sleep = applet.Applet{
	Name:  "s6-sleep",
	Usage: "[ -m ] duration prog...",
	Help: `Sleeps for duration seconds, then runs prog if there is one.

  -m  duration is in milliseconds

Exit codes: 0, 100 wrong usage, 126 or 127 prog can't be executed; else prog's.

Example: s6-sleep -m 500 s6-echo later
`,
	Chain: runSleep,
	Waits: true,
}

func runSleep(inv *applet.Invocation) ([]string, error) {
	unit := time.Second
	err := inv.Getopt("m", func(byte, string) error {
		unit = time.Millisecond
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	n, ok := applet.ParseUint(inv.Args[0])
	if !ok || n >= 1<<32 {
		return nil, inv.UsageError()
	}
	left := sys.Timespec(time.Duration(n) * unit)
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &left, &left) == unix.EINTR {
	}
	return inv.Args[1:], nil
}
