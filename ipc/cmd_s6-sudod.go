package ipc

import (
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
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
}

func runSudod(inv *applet.Invocation) error {
	d := &sudod{Invocation: inv, starter: startAlone}
	err := d.options()
	if err != nil {
		return err
	}
	switch d.conn, err = connFrom(inv, 0, 1); {
	case errors.Is(err, unix.ENOTSOCK): // the greeting goes anywhere, descriptors come by sockets alone
		if _, err := inv.Proc.Stdout().Write([]byte(sudo.ServerBanner)); err != nil {
			return applet.System(err, "write banner to client")
		}
		return badClient(unix.ENOTSOCK)
	case err != nil:
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
func startAlone(start func() (int, proc.Status, error)) (*ucspi.Child, proc.Status, error) {
	pid, status, err := start()
	if err != nil || pid == 0 {
		return nil, status, err
	}
	return ucspi.NewChild(pid), 0, nil
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
	child, status, err := d.starter(func() (int, proc.Status, error) { return d.start(request) })
	for _, fd := range request.FDs {
		unix.Close(fd)
	}
	if err != nil {
		return applet.System(err, "spawn %s", append(d.Args, request.Args...)[0])
	}
	if child == nil {
		sudo.Started(d.conn)
		return d.answered(sudo.Ended(d.conn, status))
	}
	sudo.Started(d.conn)
	if status, err = d.wait(child); err != nil {
		if !d.left.Load() {
			child.Terminate()
		}
		child.Leave()
		return err
	}
	child.Release()
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

// soon is how long a program may run before the client is told that it does. What is over sooner is told at once.
const soon = 2 * time.Millisecond

// wait waits for the program to end, or for the client to go.
func (d *sudod) wait(child *ucspi.Child) (proc.Status, error) {
	client := -1
	if !d.detach {
		client = int(d.Proc.Stdin())
	}
	status, err := child.Wait(client, time.Now().Add(soon))
	if err == unix.ETIMEDOUT {
		if err = d.answered(d.conn.Settle()); err == nil {
			status, err = child.Wait(client, time.Time{})
		}
	}
	switch err {
	case nil:
		return status, nil
	case unix.EPIPE:
		return 0, applet.Exit(1)
	}
	return 0, err
}
