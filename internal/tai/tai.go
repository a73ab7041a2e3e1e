// Package tai handles TAI64N timestamps: seconds of International Atomic Time and nanoseconds, as in
// supervise/status, in log lines and in the names of event fifos. See https://cr.yp.to/libtai/tai64.html.
package tai

import (
	"cmp"
	"encoding/binary"
	"math"
	"time"
)

const (
	// epoch is the label of 1970-01-01 00:00:00 TAI.
	epoch = 1 << 62
	// base is the distance of TAI from Unix time before the first leap second.
	base = 10
	// Size is the length of a packed Stamp in bytes, TextSize that of its text form.
	Size, TextSize = 12, 25
)

// leaps holds the Unix times from which on one more leap second has been inserted. Upstream's table ends
// in 2017, and none has been announced since.
var leaps = [...]int64{
	78796800, 94694400, 126230400, 157766400, 189302400, 220924800, 252460800, 283996800, 315532800,
	362793600, 394329600, 425865600, 489024000, 567993600, 631152000, 662688000, 709948800, 741484800,
	773020800, 820454400, 867715200, 915148800, 1136073600, 1230768000, 1341100800, 1435708800, 1483228800,
}

// Stamp is a point in time: a TAI64 label and 0 to 999999999 nanoseconds.
type Stamp struct {
	Sec  uint64
	Nano uint32
}

// Now reads the wall clock.
func Now() Stamp { return FromTime(time.Now()) }

// FromTime converts a time of the Go library.
func FromTime(t time.Time) Stamp { return FromUnix(t.Unix(), uint32(t.Nanosecond())) }

// FromUnix converts seconds and nanoseconds since 1970 UTC.
func FromUnix(sec int64, nano uint32) Stamp {
	n := len(leaps)
	for n > 0 && sec < leaps[n-1] {
		n--
	}
	return Stamp{uint64(epoch + base + int64(n) + sec), nano}
}

// Unix returns seconds and nanoseconds since 1970 UTC. leap says that s lies in an inserted second, which
// Unix time has no number for: sec is then the second after it.
func (s Stamp) Unix() (sec int64, nano uint32, leap bool) {
	raw := int64(s.Sec - epoch - base)
	for n := len(leaps); n > 0; n-- {
		if raw-int64(n) >= leaps[n-1] {
			return raw - int64(n), s.Nano, false
		}
		if raw-int64(n)+1 == leaps[n-1] {
			return leaps[n-1], s.Nano, true
		}
	}
	return raw, s.Nano, false
}

// Time converts s to a time of the Go library.
func (s Stamp) Time() time.Time {
	sec, nano, _ := s.Unix()
	return time.Unix(sec, int64(nano))
}

// Compare is -1, 0 or 1 as s is before, the same as, or after t.
func (s Stamp) Compare(t Stamp) int {
	return cmp.Or(cmp.Compare(s.Sec, t.Sec), cmp.Compare(s.Nano, t.Nano))
}

// Before tells whether s is before t.
func (s Stamp) Before(t Stamp) bool { return s.Compare(t) < 0 }

// Add returns the stamp d after s; it stays within the labels there are.
func (s Stamp) Add(d time.Duration) Stamp {
	sec, nano := int64(d/time.Second), int64(s.Nano)+int64(d%time.Second)
	switch {
	case nano < 0:
		sec, nano = sec-1, nano+1e9
	case nano >= 1e9:
		sec, nano = sec+1, nano-1e9
	}
	switch {
	case sec < 0 && uint64(-sec) > s.Sec:
		return Stamp{}
	case sec > 0 && uint64(sec) > math.MaxUint64-s.Sec:
		return Stamp{math.MaxUint64, 999999999}
	}
	return Stamp{s.Sec + uint64(sec), uint32(nano)}
}

// Sub returns the time from t to s, or the nearest duration that can be told.
func (s Stamp) Sub(t Stamp) time.Duration {
	const most = uint64(math.MaxInt64 / time.Second)
	nano := time.Duration(s.Nano) - time.Duration(t.Nano)
	switch {
	case s.Sec >= t.Sec && s.Sec-t.Sec >= most:
		return math.MaxInt64
	case s.Sec < t.Sec && t.Sec-s.Sec >= most:
		return math.MinInt64
	}
	return time.Duration(int64(s.Sec-t.Sec))*time.Second + nano
}

// Pack returns the external format: 8 bytes of seconds and 4 of nanoseconds, big-endian.
func (s Stamp) Pack() (b [Size]byte) {
	binary.BigEndian.PutUint64(b[:], s.Sec)
	binary.BigEndian.PutUint32(b[8:], s.Nano)
	return b
}

// Unpack reads the external format.
func Unpack(b [Size]byte) Stamp {
	return Stamp{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint32(b[8:])}
}

// String returns the text form: "@" and the external format in 24 hexadecimal digits.
func (s Stamp) String() string {
	var text [TextSize]byte
	return string(s.Append(text[:0]))
}

// Append appends the text form to dst.
func (s Stamp) Append(dst []byte) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '@')
	for _, c := range s.Pack() {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

// Parse reads the text form at the start of text; ok is false if there is none.
func Parse(text string) (s Stamp, ok bool) {
	if len(text) < TextSize || text[0] != '@' {
		return Stamp{}, false
	}
	var b [Size]byte
	for i := range b {
		hi, lo := hexDigit(text[1+2*i]), hexDigit(text[2+2*i])
		if hi > 15 || lo > 15 {
			return Stamp{}, false
		}
		b[i] = hi<<4 | lo
	}
	return Unpack(b), true
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
