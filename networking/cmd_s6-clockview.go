package networking

import (
	"io"
	"math"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/tai"
	"s6box/internal/zone"
	"s6box/networking/clock"
)

var cmdS6Clockview = applet.Applet{
	Name: "s6-clockview",
	Help: `Prints the time of the local clock, and what it would be if the clock were set by what s6-taiclock or s6-sntpclock
says, which it reads from stdin.

Exit codes: 111 stdin has no such thing, or a time without a date.

Example: s6-taiclock 192.0.2.1 | s6-clockview
`,
	Run: runClockview,
}

func runClockview(inv *applet.Invocation) error {
	delta, err := readDelta(inv)
	if err != nil {
		return err
	}
	now := tai.Now()
	after, ok := delta.After(now)
	if sec, _, _ := after.Unix(); !ok || !dated(sec) {
		return applet.System(unix.EOVERFLOW, "tell the date of the new time")
	}
	here := zone.Local(inv.Proc.Env.Get("TZ"))
	const layout = "2006-01-02 15:04:05.000000000\n"
	text := "before: " + now.Time().In(here).Format(layout) + "after:  " + after.Time().In(here).Format(layout)
	if _, err := inv.Proc.Stdout().Write([]byte(text)); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// dated tells whether the year of a time in Unix seconds fits in 32 bits.
func dated(sec int64) bool {
	const perYear = 31556952
	return sec > math.MinInt32*perYear && sec < math.MaxInt32*perYear
}

// readDelta reads what a time client has written.
func readDelta(inv *applet.Invocation) (clock.Delta, error) {
	var packed [clock.Size]byte
	if _, err := io.ReadFull(inv.Proc.Stdin(), packed[:]); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = unix.EPIPE
		}
		return clock.Delta{}, applet.System(err, "read from stdin")
	}
	return clock.Unpack(packed), nil
}
