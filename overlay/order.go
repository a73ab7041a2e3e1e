package overlay

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/rundir"
	"s6box/internal/sys"
)

// order is what the fifo of s6-linux-init-shutdownd carries: one byte 'c' that cancels an order that still
// waits, or 17 bytes: the action, the delay as a packed TAI64N, and the grace time in milliseconds.
type order struct {
	action byte // 'S' services down only, 'h' halt, 'p' power off, 'r' reboot, 'c' cancel
	delay  time.Duration
	grace  time.Duration // 0: that of the container
}

// orderLen is the length of an order that is not a cancellation.
const orderLen = 17

// longestGrace is the most that an order may ask for.
const longestGrace = 300 * time.Second

func (o order) encode() []byte {
	if o.action == 'c' {
		return []byte{'c'}
	}
	data := make([]byte, orderLen)
	data[0] = o.action
	binary.BigEndian.PutUint64(data[1:], uint64(o.delay/time.Second))
	binary.BigEndian.PutUint32(data[9:], uint32(o.delay%time.Second))
	binary.BigEndian.PutUint32(data[13:], uint32(o.grace/time.Millisecond))
	return data
}

// takeOrder takes the first order off data. ok is false if it is not all there yet; a byte that begins no
// order is passed over.
func takeOrder(data []byte) (o order, rest []byte, ok bool) {
	for ; len(data) > 0; data = data[1:] {
		switch data[0] {
		case 'c':
			return order{action: 'c'}, data[1:], true
		case 'S', 'h', 'p', 'r':
			if len(data) < orderLen {
				return order{}, data, false
			}
			seconds := binary.BigEndian.Uint64(data[1:])
			const longest = 1 << 32 // seconds
			return order{
				action: data[0],
				delay:  time.Duration(min(seconds, longest))*time.Second + time.Duration(binary.BigEndian.Uint32(data[9:])%1e9),
				grace:  min(time.Duration(binary.BigEndian.Uint32(data[13:]))*time.Millisecond, longestGrace),
			}, data[orderLen:], true
		}
	}
	return order{}, nil, false
}

// shutdownd is the service that reads orders, relative to the state directory.
const shutdownd = "service/s6-linux-init-shutdownd"

// send gives an order to the /init at work. unix.ENXIO and unix.ENOENT say that there is none.
func (o order) send(env proc.Env) error {
	return sys.WriteFifo(sys.AT, orderFifo(env), o.encode())
}

func orderFifo(env proc.Env) string { return rundir.Of(env) + "/" + shutdownd + "/fifo" }

// absent tells whether an error of send means that no /init is at work.
func absent(err error) bool { return err == unix.ENXIO || err == unix.ENOENT }
