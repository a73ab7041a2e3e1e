package networking

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/tai"
)

var cmdS6Clockadd = applet.Applet{
	Name:  "s6-clockadd",
	Usage: "[ -f ] [ -e errmax ]",
	Help: `Sets the local clock by what s6-taiclock or s6-sntpclock says, which it reads from stdin.

  -e MS  the most that the clock may be wrong by, in milliseconds (2000)
  -f     only warn if it is more

Exit codes: 1 wrong by more, 100 wrong usage, 111 stdin has nothing of the kind or the clock can't be set.

Example: s6-sntpclock 192.0.2.1 | s6-clockadd -e 5000
`,
	Run: runClockadd,
}

func runClockadd(inv *applet.Invocation) error {
	force, most := false, uint64(2000)
	err := inv.Getopt("fe:", func(opt byte, value string) error {
		if opt == 'f' {
			force = true
			return nil
		}
		return inv.Uint(&most)(value)
	})
	if err != nil {
		return err
	}
	delta, err := readDelta(inv)
	if err != nil {
		return err
	}
	if delta.Beyond(most) {
		if !force {
			return applet.Fatal(1, "time discrepancy bigger than %d milliseconds", most)
		}
		inv.Warn("time discrepancy bigger than %d milliseconds", most)
	}
	now, ok := delta.After(tai.Now())
	sec, nano, _ := now.Unix()
	ts, err := unix.TimeToTimespec(now.Time())
	if !ok || err != nil {
		return applet.System(unix.EINVAL, "set the clock to %d.%09d", sec, nano)
	}
	if err := unix.ClockSettime(unix.CLOCK_REALTIME, &ts); err != nil {
		return applet.System(err, "set the clock")
	}
	return nil
}
