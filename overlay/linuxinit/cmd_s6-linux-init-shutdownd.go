package linuxinit

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/rundir"
	"s6box/internal/sys"
	"s6box/overlay/shutdown"
)

var cmdS6LinuxInitShutdownd = applet.Applet{
	Name:  "s6-linux-init-shutdownd",
	Usage: "[ -d notif ] [ -c basedir ] [ -g gracetime ] [ -C ] [ -B ]",
	Help: `Is the daemon that stops a machine or a container, a service that s6-linux-init-maker makes. It takes the orders
of s6-linux-init-hpr and s6-linux-init-shutdown from the fifo in its directory, runs scripts/rc.shutdown of basedir,
takes services down, kills what is left, and has stage 4 end the machine.

  -d FD    write a newline to FD when ready
  -c DIR   basedir (default /etc/s6-linux-init/current)
  -g MS    time between SIGTERM and SIGKILL unless an order says another (default 3000)
  -C       this is a container
  -B       there is no logger for what has no logger

Exit codes: 100 wrong usage, 111 a system call failed.

Example: s6-linux-init-shutdownd -d 3 -g 5000 -C
`,
	Run: runShutdownd,
}

// stage4 is the script that ends it all. It is in the daemon's directory once it is to be run.
const stage4 = "stage 4"

type shutdownd struct {
	maker // for its tools, base and options
	inv   *applet.Invocation
}

func runShutdownd(inv *applet.Invocation) error {
	d := &shutdownd{maker: maker{st: inv.Proc, base: defaultBase, grace: 3000, run: rundir.Of(inv.Proc.Env)}, inv: inv}
	notify := uint64(0)
	err := inv.Getopt("c:d:g:CB", func(opt byte, value string) error {
		switch opt {
		case 'c':
			d.base = value
		case 'd':
			if err := inv.Uint(&notify)(value); err != nil {
				return err
			}
			if notify < 3 {
				return applet.Fatal(applet.ExitUsage, "notification fd must be 3 or more")
			}
		case 'g':
			return inv.Uint(&d.grace)(value)
		case 'C':
			d.container = true
		case 'B':
			d.noLogger = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	if d.base == "" || d.base[0] != '/' {
		return applet.Fatal(applet.ExitUsage, "basedir must be an absolute path")
	}
	if notify > 0 {
		if _, err := unix.FcntlInt(uintptr(notify), unix.F_GETFD, 0); err != nil {
			return applet.Fatal(applet.ExitUsage, "invalid notification fd: %s", applet.Reason(err))
		}
	}
	d.end()
	o, err := d.order(int(notify))
	if err != nil {
		return err
	}
	return d.stop(o)
}

// end runs the last script in place of this process, if it is time for it.
func (d *shutdownd) end() {
	if there, _ := sys.Exists(sys.AT, stage4); !there {
		return
	}
	d.toConsole()
	if _, err := chain.Try(d.st, "", []string{"./" + stage4}); err != nil {
		d.inv.Warn("unable to exec ./%s: %s", stage4, applet.Reason(err))
	}
}

// toConsole has messages be seen on the machine's console.
func (d *shutdownd) toConsole() {
	if d.container || d.noLogger {
		return
	}
	fd, err := sys.Open(sys.AT, "/dev/console", unix.O_WRONLY|unix.O_NOCTTY, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	for n := 1; n <= 2; n++ {
		d.st.BorrowFD(n, fd)
	}
}

// order obeys orders until one comes after which nothing is left.
func (d *shutdownd) order(notify int) (shutdown.Order, error) {
	fifo, err := os.OpenFile(fifoName, os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		return shutdown.Order{}, applet.System(unwrap(err), "open %s for reading", fifoName)
	}
	defer fifo.Close()
	if notify > 0 {
		proc.FD(notify).Write([]byte("\n"))
		unix.Close(notify)
	}
	due := make(chan shutdown.Order)
	failed := make(chan error, 1)
	unknown := func(c byte) { d.inv.Warn("unknown command: %c", c) }
	obey := func(o shutdown.Order) { due <- o }
	go func() { failed <- shutdown.Listen(fifo, obey, unknown) }()
	for {
		select {
		case err := <-failed:
			if err == io.EOF {
				err = unix.EPIPE
			}
			return shutdown.Order{}, applet.System(unwrap(err), "read from %s", fifoName)
		case o := <-due:
			if err := d.servicesDown(); err != nil || o.Action != 'S' {
				return o, err
			}
		}
	}
}

// servicesDown runs the administrator's script.
func (d *shutdownd) servicesDown() error {
	script := d.base + "/scripts/rc.shutdown"
	st := d.st.Clone()
	defer st.Release()
	status, err := chain.Run(st, []string{script})
	if err != nil {
		d.inv.Warn("%s", err)
	} else if status.Signal() != 0 {
		d.inv.Warn("%s was killed by signal %d", script, status.Signal())
	} else if status.Code() != 0 {
		d.inv.Warn("%s exited %d", script, status.Code())
	}
	return nil
}

// stop ends everything but the supervisor, the logger and the last script.
func (d *shutdownd) stop(o shutdown.Order) error {
	grace := o.Grace
	if grace == 0 {
		grace = time.Duration(d.grace) * time.Millisecond
	}
	if err := d.leave(o.Action); err != nil {
		return err
	}
	d.toConsole()
	if err := d.closeServices(); err != nil {
		return err
	}
	if err := d.st.Ignore(unix.SIGTERM); err != nil {
		return applet.System(err, "ignore SIGTERM")
	}
	d.tell("TERM")
	unix.Kill(-1, unix.SIGTERM)
	unix.Kill(-1, unix.SIGCONT)
	time.Sleep(min(grace, shutdown.LongestGrace))
	d.tell("KILL")
	unix.Kill(-1, unix.SIGKILL)
	return nil
}

func (d *shutdownd) tell(signal string) {
	if !d.container {
		d.inv.Info("sending all processes the %s signal...", signal)
	}
}
