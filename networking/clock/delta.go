// Package clock asks time servers by how much the local clock is wrong.
package clock

import (
	"encoding/binary"
	"math"
	"time"

	"s6box/internal/tai"
)

// Delta is a difference of two times: whole seconds and 0 to 999999999 nanoseconds more.
type Delta struct {
	Sec  int64
	Nano uint32
}

// Size is the length of a packed Delta.
const Size = 12

// DeltaOf makes a Delta of a duration.
func DeltaOf(d time.Duration) Delta {
	sec, nano := d/time.Second, d%time.Second
	if nano < 0 {
		sec, nano = sec-1, nano+time.Second
	}
	return Delta{int64(sec), uint32(nano)}
}

// Pack returns the format in which clients and the commands that use what they say exchange a Delta: 8 bytes of
// seconds and 4 of nanoseconds, big-endian.
func (d Delta) Pack() (b [Size]byte) {
	binary.BigEndian.PutUint64(b[:], uint64(d.Sec))
	binary.BigEndian.PutUint32(b[8:], d.Nano)
	return b
}

// Unpack reads that format.
func Unpack(b [Size]byte) Delta {
	return Delta{int64(binary.BigEndian.Uint64(b[:])), binary.BigEndian.Uint32(b[8:])}
}

// Beyond tells whether d is more than that many milliseconds, one way or the other.
func (d Delta) Beyond(ms uint64) bool {
	const perSec, perMilli = 1000, 1000000
	sec, nano := uint64(d.Sec), d.Nano
	if d.Sec < 0 { // the distance from 0
		sec, nano = -sec, 0
		if d.Nano > 0 {
			sec, nano = sec-1, 1e9-d.Nano
		}
	}
	if sec > math.MaxUint64/perSec-1 {
		return true
	}
	milli := sec*perSec + uint64(nano/perMilli)
	return milli > ms || milli == ms && nano%perMilli > 0
}

// After returns the time d after s; ok is false if there is no label for it.
func (d Delta) After(s tai.Stamp) (_ tai.Stamp, ok bool) {
	sec := s.Sec + uint64(d.Sec)
	nano := uint64(s.Nano) + uint64(d.Nano)
	sec += nano / 1e9
	return tai.Stamp{Sec: sec, Nano: uint32(nano % 1e9)}, sec < 1<<63
}
