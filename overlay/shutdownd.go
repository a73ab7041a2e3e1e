package overlay

import (
	"context"
	"os"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/overlay/shutdown"
)

// makeShutdownd makes the service that takes orders to stop: a function of this process. Orders that come before it runs wait
// for it in the fifo.
func (c *container) makeShutdownd() error {
	dir := c.run + "/" + shutdown.Service
	if err := unix.Mkdir(dir, 0o755); err != nil {
		return applet.System(err, "mkdir %s", dir)
	}
	if err := sys.Mkfifo(sys.AT, dir+"/fifo", 0o600); err != nil {
		return applet.System(err, "mkfifo %s/fifo", dir)
	}
	if err := create(dir+"/notification-fd", "3\n"); err != nil {
		return applet.System(err, "write %s/notification-fd", dir)
	}
	var err error
	if c.orders, err = openOrders(dir); err != nil {
		return applet.System(err, "open %s/fifo", dir)
	}
	return nil
}

// openOrders opens the fifo so that there is somebody to write to.
func openOrders(dir string) (*os.File, error) {
	return os.OpenFile(dir+"/fifo", os.O_RDWR|unix.O_NONBLOCK, 0)
}

// takeOrders reads orders and carries them out when their time has come.
func (l *life) takeOrders(ctx context.Context, ready func()) error {
	fifo, err := openOrders(l.run + "/" + shutdown.Service)
	if err != nil {
		return err
	}
	l.orders.Close()
	defer context.AfterFunc(ctx, func() { fifo.Close() })()
	defer fifo.Close()
	ready()
	err = shutdown.Listen(fifo, l.obey, func(c byte) { l.warn("unknown command: %c", c) })
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (l *life) obey(o shutdown.Order) {
	if o.Action == 'S' {
		l.servicesDown()
		return
	}
	l.request(o)
}
