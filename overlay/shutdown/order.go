// Package shutdown is how orders to stop a machine or a container are given: the fifo of s6-linux-init-shutdownd.
package shutdown

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/rundir"
	"s6box/internal/sys"
)

// Order is what the fifo of s6-linux-init-shutdownd carries: one byte 'c' that cancels an order that still
// waits, or 17 bytes: the action, the delay as a packed TAI64N, and the grace time in milliseconds.
type Order struct {
	Action byte // 'S' services down only, 'h' halt, 'p' power off, 'r' reboot, 'c' cancel
	Delay  time.Duration
	Grace  time.Duration // 0: that of the container
}

// orderLen is the length of an order that is not a cancellation.
const orderLen = 17

// LongestGrace is the most that an order may ask for.
const LongestGrace = 300 * time.Second

// Encode returns an order as the fifo has it.
func (o Order) Encode() []byte {
	if o.Action == 'c' {
		return []byte{'c'}
	}
	data := make([]byte, orderLen)
	data[0] = o.Action
	binary.BigEndian.PutUint64(data[1:], uint64(o.Delay/time.Second))
	binary.BigEndian.PutUint32(data[9:], uint32(o.Delay%time.Second))
	binary.BigEndian.PutUint32(data[13:], uint32(o.Grace/time.Millisecond))
	return data
}

// take takes the first order off data. ok is false if it is not all there yet; a byte that begins no
// order is passed over.
func take(data []byte) (o Order, rest []byte, ok bool) {
	for ; len(data) > 0; data = data[1:] {
		switch data[0] {
		case 'c':
			return Order{Action: 'c'}, data[1:], true
		case 'S', 'h', 'p', 'r':
			if len(data) < orderLen {
				return Order{}, data, false
			}
			seconds := binary.BigEndian.Uint64(data[1:])
			const longest = 1 << 32 // seconds
			return Order{
				Action: data[0],
				Delay:  time.Duration(min(seconds, longest))*time.Second + time.Duration(binary.BigEndian.Uint32(data[9:])%1e9),
				Grace:  min(time.Duration(binary.BigEndian.Uint32(data[13:]))*time.Millisecond, LongestGrace),
			}, data[orderLen:], true
		}
	}
	return Order{}, nil, false
}

// Service is the service that reads orders, relative to the state directory.
const Service = "service/s6-linux-init-shutdownd"

// Send gives an order to the /init at work. unix.ENXIO and unix.ENOENT say that there is none.
func (o Order) Send(env proc.Env) error {
	return sys.WriteFifo(sys.AT, Fifo(env), o.Encode())
}

func Fifo(env proc.Env) string { return rundir.Of(env) + "/" + Service + "/fifo" }

// Absent tells whether an error of Send means that no /init is at work.
func Absent(err error) bool { return err == unix.ENXIO || err == unix.ENOENT }
