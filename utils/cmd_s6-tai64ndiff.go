package utils

import (
	"bytes"
	"fmt"

	"s6box/internal/applet"
	"s6box/internal/lines"
	"s6box/internal/tai"
)

var cmdS6Tai64ndiff = applet.Applet{
	Name: "s6-tai64ndiff",
	Help: `Copies stdin to stdout with the TAI64N timestamp that a line begins with replaced by the seconds since the line before:
blank if there is none, or none with a timestamp.

Exit codes: 111 reading or writing failed.

Example: s6-tai64ndiff </var/log/web/current
`,
	Run: runTai64ndiff,
}

func runTai64ndiff(inv *applet.Invocation) error {
	var before *tai.Stamp
	return lines.Filter(inv, func(out, line []byte) ([]byte, error) {
		if len(line) <= tai.TextSize {
			before = nil
			return append(out, line...), nil
		}
		stamp, ok := tai.Parse(string(line[:tai.TextSize]))
		if !ok {
			before = nil
			return append(out, line...), nil
		}
		out = appendElapsed(out, before, stamp)
		before = &stamp
		return append(out, line[tai.TextSize:]...), nil
	})
}

// appendElapsed appends the time from one stamp to another in brackets, in the space of a stamp's digits.
func appendElapsed(out []byte, from *tai.Stamp, to tai.Stamp) []byte {
	const width = 21
	field := bytes.Repeat([]byte(" "), width)
	field[10] = '.'
	if from != nil {
		copy(field, elapsed(*from, to))
	}
	return append(append(append(out, '['), field...), ']')
}

// elapsed writes the seconds between two stamps, which can be any number of 64 bits and a sign.
func elapsed(from, to tai.Stamp) string {
	sign := ""
	if to.Before(from) {
		sign, from, to = "-", to, from
	}
	sec := to.Sec - from.Sec
	nano := int64(to.Nano) - int64(from.Nano)
	for ; nano < 0; nano += 1e9 {
		sec--
	}
	return fmt.Sprintf(" %9s.%09d", fmt.Sprintf("%s%d", sign, sec), nano)
}
