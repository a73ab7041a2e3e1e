package networking

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
	"s6box/networking/clock"
)

const timeClientUsage = "[ -f ] [ -v verbosity ] [ -r roundtrips ] [ -t triptimeout ] [ -h throttle ] [ -T totaltimeout ] " +
	"[ -e errmax ] [ -p port ] ipaddress"

const timeClientHelp = `
  -r N     ask N times (10); the answer that took the shortest time counts
  -t MS    wait at most MS milliseconds for an answer (2000)
  -h MS    wait MS milliseconds between an answer and the next question (0)
  -T MS    wait at most MS milliseconds altogether (10000)
  -e MS    the most that the answer may be uncertain by, in milliseconds (100)
  -f       only warn if it is more uncertain
  -v N     0 errors only, 1 normal, 2 tell what goes wrong on the way, 3 every exchange
  -p PORT  port of the server

What it prints is for s6-clockview and s6-clockadd.

Exit codes: 1 no answer or the time is over, 100 wrong usage, 111 too uncertain or a system call failed.

`

// timeClient is the task of the commands that ask a time server.
type timeClient struct {
	*applet.Invocation
	protocol clock.Protocol
	label    string // of an exchange
	kind     string // of server

	force                  bool
	verbosity, trips       uint64
	patience, pause, whole uint64 // in milliseconds
	uncertainty            uint64 // likewise
	port                   uint16
	at                     inet.AddrPort
	deadline               time.Time
	answers                int
	best                   clock.Exchange
	lastErr                error
	server                 *clock.Server
}

func runTimeClient(c timeClient) error {
	c.verbosity, c.trips, c.patience, c.whole, c.uncertainty = 1, 10, 2000, 10000, 100
	if err := c.Getopt("fv:r:t:h:T:e:p:", c.option); err != nil {
		return err
	}
	if len(c.Args) == 0 {
		return c.UsageError()
	}
	ip, ok := inet.ParseAddr(c.Args[0])
	if !ok {
		return c.UsageError()
	}
	c.at = inet.AddrPort{Addr: ip, Port: c.port}
	c.deadline = sys.Deadline(c.whole)
	var err error
	if c.server, err = clock.Dial(c.at, c.protocol); err != nil {
		return applet.System(err, "make a socket for %s", ip)
	}
	defer c.server.Close()
	if err := c.ask(); err != nil {
		return err
	}
	if err := c.judge(); err != nil {
		return err
	}
	delta := clock.DeltaOf(c.best.Offset()).Pack()
	if _, err := c.Proc.Stdout().Write(delta[:]); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

func (c *timeClient) option(opt byte, value string) error {
	switch opt {
	case 'f':
		c.force = true
	case 'v':
		return c.Uint(&c.verbosity)(value)
	case 'r':
		return c.Uint(&c.trips)(value)
	case 't':
		return c.Uint(&c.patience)(value)
	case 'h':
		return c.Uint(&c.pause)(value)
	case 'T':
		return c.Uint(&c.whole)(value)
	case 'e':
		return c.Uint(&c.uncertainty)(value)
	case 'p':
		port, ok := inet.ParsePort(value)
		if !ok {
			return c.UsageError()
		}
		c.port = port
	}
	return nil
}

// ask asks the server as often as wanted, and keeps the answer that took the shortest time.
func (c *timeClient) ask() error {
	for i := uint64(1); i <= max(c.trips, 1); i++ {
		if i > 1 && c.pause > 0 {
			sys.Poll(nil, sys.Sooner(sys.Deadline(c.pause), c.deadline))
		}
		e, err := c.server.Ask(sys.Sooner(sys.Deadline(c.patience), c.deadline))
		if err == nil {
			c.keep(i, e)
			continue
		}
		c.lastErr = err
		if c.verbosity >= 2 {
			c.Info("%s round-trip %d/%d failed: %s", c.label, i, c.trips, applet.Reason(err))
		}
		if sys.Past(c.deadline) {
			return applet.SystemCode(1, unix.ETIMEDOUT, "complete series of %s exchanges", c.label)
		}
	}
	if c.answers == 0 {
		return applet.SystemCode(1, c.lastErr, "contact %s server at %s", c.kind, c.at.Addr)
	}
	if uint64(c.answers) < c.trips && c.verbosity >= 2 {
		c.Warn("only %d server exchanges succeeded out of %d - uncertainty may be higher than expected", c.answers, c.trips)
	}
	return nil
}

func (c *timeClient) keep(i uint64, e clock.Exchange) {
	if c.answers == 0 || e.Trip() < c.best.Trip() {
		c.best = e
	}
	c.answers++
	if c.verbosity >= 3 {
		c.Info("%s round-trip %d/%d: sent %v, received %v, answered %v, back %v: offset %v, uncertainty %v",
			c.label, i, c.trips, e.Sent, e.Got, e.Answered, e.Back, e.Offset(), e.Trip())
	}
}

// judge refuses an answer that is too uncertain.
func (c *timeClient) judge() error {
	d := clock.DeltaOf(c.best.Trip())
	if !d.Beyond(c.uncertainty) {
		return nil
	}
	if c.verbosity >= 1 {
		most := clock.Delta{Sec: int64(c.uncertainty / 1000), Nano: uint32(c.uncertainty % 1000 * 1000000)}
		c.Warn("maximum acceptable uncertainty: %s", hex(most))
		c.Warn("current calculated uncertainty: %s", hex(d))
	}
	if c.force {
		return nil
	}
	return applet.Fatal(applet.ExitSystem, "time uncertainty too large")
}

func hex(d clock.Delta) string { return fmt.Sprintf("%x", d.Pack()) }
