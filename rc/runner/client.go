// Package runner is the service s6rc-oneshot-runner, which runs the scripts of oneshots: a client of it, and
// the service itself for a process that supervises services. Its protocol is that of s6-sudod.
package runner

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
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
}

// serverPlaces is how many clients the server takes at a time.
const serverPlaces = 40

// NewClient makes a client of the runner of a live directory. Scripts get the descriptors stdio.
func NewClient(l *live.Dir, stdio [3]int) *Client {
	return &Client{l.Servicedir(db.OneshotRunner) + "/" + socket, stdio, make(chan struct{}, serverPlaces)}
}

// Run has the script of oneshot number for up, down or reload run and waits for it; timeout 0 is none.
func (c *Client) Run(event string, number int, timeout time.Duration) (proc.Status, error) {
	c.places <- struct{}{}
	defer func() { <-c.places }()
	began := time.Now()
	fd, err := unixsocket.Dial(c.path, "", patience)
	if err != nil {
		return 0, fmt.Errorf("no answer from the oneshot runner: %w", err)
	}
	sock := os.NewFile(uintptr(fd), c.path)
	defer sock.Close()
	conn, err := unixmessage.NewFile(sock)
	if err != nil {
		return 0, err
	}
	conn.SetTimeout(patience)
	if err := sudo.CallKnown(conn, sudo.Request{Args: []string{event, strconv.Itoa(number)}, FDs: c.stdio}); err != nil {
		return 0, fmt.Errorf("no answer from the oneshot runner: %w", err)
	}
	conn.SetTimeout(0)
	if timeout > 0 {
		conn.SetTimeout(max(timeout-time.Since(began), time.Millisecond))
	}
	status, err := sudo.Result(conn)
	switch {
	case errors.Is(err, unix.ETIMEDOUT):
		return 0, ErrTimeout
	case err != nil:
		return 0, fmt.Errorf("lost the oneshot runner: %w", err)
	}
	return status, nil
}
