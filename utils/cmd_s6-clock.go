package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/tai"
)

var cmdS6Clock = applet.Applet{
	Name:  "s6-clock",
	Usage: "[ tai64nlabel ]",
	Help: `Prints the time of the system clock as a TAI64N label, or sets the clock to the time of a label.

Exit codes: 100 that is no TAI64N label, 111 the clock can't be set.

Example: s6-clock
`,
	Run:    runClock,
	Inline: true,
}

func runClock(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return print(inv, tai.Now().String()+"\n")
	}
	stamp, ok := tai.Parse(inv.Args[0])
	if !ok {
		return inv.UsageError()
	}
	if err := inv.Proc.Own(); err != nil {
		return err
	}
	now, err := unix.TimeToTimespec(stamp.Time())
	if err == nil {
		err = unix.ClockSettime(unix.CLOCK_REALTIME, &now)
	}
	if err != nil {
		return applet.System(err, "set the clock to %s", inv.Args[0])
	}
	return nil
}
