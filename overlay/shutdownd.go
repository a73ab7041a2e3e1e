package overlay

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// makeShutdownd makes the service that takes orders to stop: a function of this process.
func (c *container) makeShutdownd() error {
	dir := c.run + "/" + shutdownd
	if err := unix.Mkdir(dir, 0o755); err != nil {
		return applet.System(err, "mkdir %s", dir)
	}
	if err := sys.Mkfifo(sys.AT, dir+"/fifo", 0o600); err != nil {
		return applet.System(err, "mkfifo %s/fifo", dir)
	}
	if err := create(dir+"/notification-fd", "3\n"); err != nil {
		return applet.System(err, "write %s/notification-fd", dir)
	}
	return nil
}

// takeOrders reads orders and carries them out when their time has come.
func (l *life) takeOrders(ctx context.Context, ready func()) error {
	fifo, err := os.OpenFile(l.run+"/"+shutdownd+"/fifo", os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { fifo.Close() })()
	defer fifo.Close()
	ready()
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
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		data = append(data, buf[:n]...)
		for {
			o, rest, ok := takeOrder(data)
			data = rest
			if !ok {
				break
			}
			cancel()
			if o.action != 'c' {
				pending = time.AfterFunc(o.delay, func() { l.obey(o) })
			}
		}
	}
}

func (l *life) obey(o order) {
	if o.action == 'S' {
		l.servicesDown()
		return
	}
	l.request(o)
}
