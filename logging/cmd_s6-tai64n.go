package logging

import (
	"time"

	"s6box/internal/applet"
	"s6box/internal/lines"
	"s6box/internal/tai"
	"s6box/internal/zone"
)

var cmdS6Tai64n = applet.Applet{
	Name: "s6-tai64n",
	Help: `Copies standard input to standard output with a TAI64N timestamp and a space before each line. A last line
without newline gets one.

Exit codes: 0 end of the input, 111 system call failed.

Example: server 2>&1 | s6-tai64n >>server.log
`,
	Run: func(inv *applet.Invocation) error {
		return lines.Filter(inv, func(out, line []byte) ([]byte, error) {
			out = append(append(tai.Now().Append(out), ' '), line...)
			if line[len(line)-1] != '\n' {
				out = append(out, '\n')
			}
			return out, nil
		})
	},
}

var cmdS6Tai64nlocal = applet.Applet{
	Name:  "s6-tai64nlocal",
	Usage: "[ -g ]",
	Help: `Copies standard input to standard output with the TAI64N timestamp that a line begins with made readable.

  -g   as UTC, not as local time

Exit codes: 0 end of the input, 100 wrong usage, 111 system call failed.

Example: s6-tai64nlocal </var/log/web/current
`,
	Run: runTai64nlocal,
}

func runTai64nlocal(inv *applet.Invocation) error {
	utc := false
	err := inv.Getopt("g", func(byte, string) error { utc = true; return nil })
	if err != nil {
		return err
	}
	local := time.UTC
	if !utc {
		local = zone.Local(inv.Proc.Env.Get("TZ"))
	}
	return lines.Filter(inv, func(out, line []byte) ([]byte, error) {
		if len(line) >= tai.TextSize {
			if stamp, ok := tai.Parse(string(line[:tai.TextSize])); ok && readable(stamp) {
				out = appendTime(out, stamp, local)
				line = line[tai.TextSize:]
			}
		}
		return append(out, line...), nil
	})
}

// readable tells whether the stamp has a date: one that is not before 1970, of a year that an int32 holds.
func readable(s tai.Stamp) bool {
	sec, nano, _ := s.Unix()
	const end = 67768036191676800
	return s.Sec < 1<<63 && 0 <= sec && sec < end && nano < 1e9
}

// appendTime writes a stamp as date and time; an inserted second is the 60th of its minute.
func appendTime(out []byte, s tai.Stamp, zone *time.Location) []byte {
	sec, nano, leap := s.Unix()
	if !leap {
		return time.Unix(sec, int64(nano)).In(zone).AppendFormat(out, "2006-01-02 15:04:05.000000000")
	}
	t := time.Unix(sec-1, int64(nano)).In(zone)
	return t.AppendFormat(out, "2006-01-02 15:04:60.000000000")
}
