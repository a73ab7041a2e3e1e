// Package zone finds the time zone that a TZ variable names, by the rules of tzset(3). The library's
// time.Local knows no POSIX strings such as CET-1CEST,M3.5.0,M10.5.0/3, which images without zone files
// use, and reads the variable of the process, not of a State.
package zone

import (
	"encoding/binary"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

var folders = [...]string{"/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/share/zoneinfo/", "/etc/zoneinfo/"}

// Local returns the zone of a process whose variable TZ has the value tz, if it is set: a file, or else a
// POSIX string. UTC stands for what is neither.
func Local(tz string, set bool) *time.Location {
	if !set {
		return orUTC(load("/etc/localtime"))
	}
	tz = strings.TrimPrefix(tz, ":")
	if tz == "" {
		return time.UTC
	}
	if tz[0] == '/' {
		return orUTC(load(tz))
	}
	for _, folder := range folders {
		if zone := load(folder + tz); zone != nil && !strings.Contains(tz, "..") {
			return zone
		}
	}
	return orUTC(posix(tz))
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

const maxSize = 1 << 20

func load(file string) *time.Location {
	data, err := sys.ReadFile(unix.AT_FDCWD, file, maxSize)
	if err != nil {
		return nil
	}
	zone, err := time.LoadLocationFromTZData("Local", data)
	if err != nil {
		return nil
	}
	return zone
}

// posix makes the zone of a POSIX string, or nil. The library takes such a string as the last line of a zone
// file only (RFC 9636), so it is given a file with one transition, at the beginning of time.
func posix(tz string) *time.Location {
	if !plausible(tz) {
		return nil
	}
	header := append([]byte("TZif2"), make([]byte, 15)...)
	data := append(append([]byte{}, header...), make([]byte, 24)...)
	data = append(data, header...)
	for _, count := range []uint32{0, 0, 0, 1, 1, 4} { // isutc, isstd, leap, transitions, types, name bytes
		data = binary.BigEndian.AppendUint32(data, count)
	}
	data = binary.BigEndian.AppendUint64(data, 1<<63) // the transition's time, math.MinInt64
	data = append(data, 0)                            // its type
	data = append(data, 0, 0, 0, 0, 0, 0)             // offset, no summer time, name
	data = append(data, "UTC\x00\n"...)
	data = append(append(data, tz...), '\n')
	zone, err := time.LoadLocationFromTZData("Local", data)
	if err != nil {
		return nil
	}
	return zone
}

// plausible tells whether tz starts as a POSIX string does: a name of three letters or more, or one in
// angle brackets, and an offset.
func plausible(tz string) bool {
	rest := strings.TrimLeft(tz, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if quoted, after, ok := strings.Cut(tz, ">"); ok && tz[0] == '<' && len(quoted) > 3 {
		rest = after
	} else if len(tz)-len(rest) < 3 {
		return false
	}
	rest = strings.TrimLeft(rest, "+-")
	return rest != "" && '0' <= rest[0] && rest[0] <= '9'
}
