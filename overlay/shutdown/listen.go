package shutdown

import (
	"bytes"
	"io"
	"time"
)

// Listen reads orders until fifo fails, and has obey carry out each when its time has come, on a goroutine of its
// own. A new order takes the place of the one that waits. Bytes that begin none are told to unknown.
func Listen(fifo io.Reader, obey func(Order), unknown func(byte)) error {
	var pending *time.Timer
	cancel := func() {
		if pending != nil {
			pending.Stop()
		}
	}
	defer cancel()
	var data []byte
	buf := make([]byte, 512)
	for {
		n, err := fifo.Read(buf)
		if err != nil {
			return err
		}
		data = append(data, buf[:n]...)
		for {
			for len(data) > 0 && !begins(data[0]) {
				unknown(data[0])
				data = data[1:]
			}
			o, rest, ok := take(data)
			data = rest
			if !ok {
				break
			}
			cancel()
			if o.Action != 'c' {
				pending = time.AfterFunc(o.Delay, func() { obey(o) })
			}
		}
	}
}

// begins tells whether c is the first byte of an order.
func begins(c byte) bool { return bytes.IndexByte([]byte("chprS"), c) >= 0 }
