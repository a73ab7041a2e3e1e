package ipc

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/ipc/sudo"
	"s6box/ipc/ucspi"
	"s6box/ipc/unixmessage"
)

var cmdS6Sudod = applet.Applet{
	Name:  "s6-sudod",
	Usage: "[ -0 ] [ -1 ] [ -2 ] [ -d ] [ -t timeout ] args...",
	Help: `Runs a program for the s6-sudoc behind the Unix socket that is its stdin and stdout: args, then the client's
arguments, with the client's stdin, stdout and stderr. Variables that are set and empty here get the client's
value. If the client goes, the program gets TERM and CONT.

  -0, -1  /dev/null instead of the client's stdin, stdout
  -2      this program's stderr instead of the client's
  -d      the program stays when the client goes; implies -0 -1 -2
  -t MS   give up when the client's message is not complete after MS milliseconds (0: never)

Exit codes: 1 the client went, 100 it sent nonsense, 111 a system call failed or it took too long.

Example: s6-ipcserver -a 0700 /run/backup.sock s6-sudod backup
`,
	Run: runSudod,
}

// sudod is the task of s6-sudod.
type sudod struct {
	*applet.Invocation
	own     [3]bool // descriptors that are not the client's
	detach  bool
	timeout uint64 // milliseconds
	conn    *unixmessage.Conn
	starter ucspi.Starter
	left    atomic.Bool // the program is not to be told when the client goes
	// watching is done when nobody waits for the client to go.
	watching sync.WaitGroup
}

func runSudod(inv *applet.Invocation) error {
	d := &sudod{Invocation: inv, starter: startAlone}
	err := d.options()
	if err != nil {
		return err
	}
	if d.conn, err = connFrom(inv, 0, 1); err != nil {
		return err
	}
	defer d.conn.Release()
	return d.converse()
}

func (d *sudod) options() error {
	return d.Getopt("012dt:", func(opt byte, value string) error {
		switch opt {
		case '0', '1', '2':
			d.own[opt-'0'] = true
		case 'd':
			d.detach, d.own = true, [3]bool{true, true, true}
		case 't':
			return d.Uint(&d.timeout)(value)
		}
		return nil
	})
}

// converse serves the client.
func (d *sudod) converse() error {
	defer d.conn.Settle()
	d.conn.SetTimeout(milliseconds(d.timeout))
	request, err := sudo.Accept(d.conn)
	if err != nil {
		return badClient(err)
	}
	d.conn.SetTimeout(0)
	if len(d.Args)+len(request.Args) == 0 {
		return applet.Fatal(applet.ExitUsage, "client and server args both empty")
	}
	return d.serve(request)
}

// startAlone is the Starter of a process that has no other children.
func startAlone(start func() (int, proc.Status, error)) (int, proc.Status, <-chan proc.Status, error) {
	pid, status, err := start()
	if err != nil || pid == 0 {
		return 0, status, nil, err
	}
	ended := make(chan proc.Status, 1)
	go func() {
		if status, err := proc.Wait(pid); err == nil {
			ended <- status
		}
	}()
	return pid, 0, ended, nil
}

func badClient(err error) error {
	switch {
	case errors.Is(err, sudo.ErrClientBanner), errors.Is(err, sudo.ErrFDs), errors.Is(err, sudo.ErrLengths):
		return applet.Fatal(applet.ExitUsage, "%s", err)
	case errors.Is(err, unix.EINVAL):
		return applet.Fatal(applet.ExitUsage, "bad arguments or environment from client")
	}
	return applet.System(err, "read message from client")
}

func (d *sudod) serve(request sudo.Request) error {
	pid, status, ended, err := d.starter(func() (int, proc.Status, error) { return d.start(request) })
	for _, fd := range request.FDs {
		unix.Close(fd)
	}
	if err != nil {
		return applet.System(err, "spawn %s", append(d.Args, request.Args...)[0])
	}
	if pid == 0 {
		return d.answered(sudo.Done(d.conn, status))
	}
	if err := d.answered(sudo.Started(d.conn)); err != nil {
		unix.Kill(pid, unix.SIGTERM)
		unix.Kill(pid, unix.SIGCONT)
		return err
	}
	if status, err = d.wait(pid, ended); err != nil {
		return err
	}
	return d.answered(sudo.Ended(d.conn, status))
}

// answered is the error of an answer to the client.
func (d *sudod) answered(err error) error {
	if err == nil || d.detach {
		return nil
	}
	return applet.System(err, "answer the client")
}

func (d *sudod) start(request sudo.Request) (pid int, status proc.Status, err error) {
	st := d.Proc.Clone()
	defer st.Release()
	for n, fd := range request.FDs {
		if !d.own[n] {
			err = st.BorrowFD(n, fd)
		} else if n < 2 {
			if fd, err = d.Proc.Open("/dev/null", unix.O_RDWR, 0); err == nil {
				err = st.SetFD(n, fd)
			}
		}
		if err != nil {
			return 0, 0, err
		}
	}
	st.Env = request.Environment(d.Proc.Env)
	return chain.Start(st, append(d.Args[:len(d.Args):len(d.Args)], request.Args...))
}

// wait waits for the program to end, or for the client to go.
func (d *sudod) wait(pid int, ended <-chan proc.Status) (proc.Status, error) {
	gone := make(chan struct{})
	if !d.detach {
		d.watching.Go(func() {
			d.untilGone()
			close(gone)
		})
	}
	select {
	case status := <-ended:
		return status, nil
	case <-gone:
		if !d.left.Load() {
			unix.Kill(pid, unix.SIGTERM)
			unix.Kill(pid, unix.SIGCONT)
		}
		return 0, applet.Exit(1)
	}
}

// untilGone returns when the client has closed its end. Whatever it may say before is no part of the
// protocol.
func (d *sudod) untilGone() {
	stdin := d.Proc.Stdin()
	var buf [512]byte
	for {
		if sys.WaitFD(int(stdin), unix.POLLIN, time.Time{}) != nil {
			return
		}
		if n, err := stdin.Read(buf[:]); n <= 0 || err != nil {
			return
		}
	}
}
