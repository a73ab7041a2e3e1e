// Package runner is the service s6rc-oneshot-runner, which runs the scripts of oneshots: a client of it, and
// the service itself for a process that supervises services. Its protocol is that of s6-sudod.
package runner

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/workers"
	"s6box/ipc/sudo"
	"s6box/ipc/unixmessage"
	"s6box/ipc/unixsocket"
	"s6box/rc/db"
	"s6box/rc/live"
)

// socket is the name of the socket in the service directory of the runner.
const socket = "s"

// patience is how long either side waits for the other while they talk.
const patience = 30 * time.Second

// ErrTimeout says that a script did not end in time. The server tells it to end.
var ErrTimeout = errors.New("timed out")

// Client has scripts run. Its methods may be called from several goroutines.
type Client struct {
	path   string
	stdio  [3]int // what scripts get
	places chan struct{}
	crew   *workers.Crew
}

// serverPlaces is how many clients the server takes at a time.
const serverPlaces = 40

// NewClient makes a client of the runner of a live directory. Scripts get the descriptors stdio.
func NewClient(l *live.Dir, stdio [3]int) *Client {
	return &Client{l.Servicedir(db.OneshotRunner) + "/" + socket, stdio, make(chan struct{}, serverPlaces), workers.NewCrew()}
}

// Start has the script of oneshot number for up, down or reload run; timeout 0 is none. done is called with its outcome,
// from a goroutine: Start does not wait. Where the server has a place free, it has been asked when Start returns.
func (c *Client) Start(event string, number int, timeout time.Duration, done func(proc.Status, error)) {
	call := &call{Client: c, event: event, number: number, timeout: timeout, done: done}
	select {
	case c.places <- struct{}{}:
		call.began = time.Now()
		if err := call.ask(unixsocket.NoWait); err != unix.EAGAIN {
			c.crew.Go(func() { call.finish(err) })
			return
		}
		<-c.places
	default:
	}
	c.crew.Go(func() {
		c.places <- struct{}{}
		call.began = time.Now()
		call.finish(call.ask(patience))
	})
}

// call is one script on its way.
type call struct {
	*Client
	event   string
	number  int
	timeout time.Duration
	done    func(proc.Status, error)
	began   time.Time
	conn    *unixmessage.Conn
	close   func() // ends conn
}

// ask connects to the server, within a time as for unixsocket.Dial, and sends it the request.
func (c *call) ask(limit time.Duration) error {
	fd, err := unixsocket.Dial(c.path, "", limit)
	if err != nil {
		return err
	}
	c.conn, c.close = unixmessage.New(fd, fd), func() { unix.Close(fd) }
	c.conn.SetTimeout(patience)
	asked := sudo.Ask(c.conn, sudo.Request{Args: []string{c.event, strconv.Itoa(c.number)}, FDs: c.stdio})
	// The only call waits in a thread of its own, which hears of the answer sooner than the poller would tell it. That goes
	// over the socket once the server has work.
	if len(c.places) > 1 {
		sock := os.NewFile(uintptr(fd), c.path)
		c.close = func() { sock.Close() }
		if c.conn, err = unixmessage.NewFile(sock); err != nil {
			return err
		}
		c.conn.SetTimeout(patience)
	}
	return asked
}

// finish waits for the end of a script that was asked for with the outcome asked.
func (c *call) finish(asked error) {
	status, err := c.result(asked)
	if c.close != nil {
		c.close()
	}
	<-c.places
	c.done(status, err)
}

func (c *call) result(asked error) (proc.Status, error) {
	err := asked
	if c.conn != nil {
		err = cmp.Or(sudo.Answer(c.conn), asked) // which tells more than that a request can't be sent
	}
	if err != nil {
		return 0, fmt.Errorf("no answer from the oneshot runner: %w", err)
	}
	c.conn.SetTimeout(0)
	if c.timeout > 0 {
		c.conn.SetTimeout(max(c.timeout-time.Since(c.began), time.Millisecond))
	}
	status, err := sudo.Result(c.conn)
	switch {
	case errors.Is(err, unix.ETIMEDOUT):
		return 0, ErrTimeout
	case err != nil:
		return 0, fmt.Errorf("lost the oneshot runner: %w", err)
	}
	return status, nil
}
