package shutdown

import (
	"io"
	"time"
)

// Listen reads orders until fifo fails, and has obey carry out each when its time has come, on a goroutine of its
// own. A new order takes the place of the one that waits.
func Listen(fifo io.Reader, obey func(Order)) error {
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
			o, rest, ok := Take(data)
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
