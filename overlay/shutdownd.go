package overlay

import (
	"context"
	"os"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/overlay/shutdown"
)

// makeShutdownd makes the service that takes orders to stop: a function of this process.
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
	return nil
}

// takeOrders reads orders and carries them out when their time has come.
func (l *life) takeOrders(ctx context.Context, ready func()) error {
	fifo, err := os.OpenFile(l.run+"/"+shutdown.Service+"/fifo", os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
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
