package ipc

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/ipc/sudo"
	"s6box/ipc/unixmessage"
)

var cmdS6Sudoc = applet.Applet{
	Name:  "s6-sudoc",
	Usage: "[ -e ] [ -t timeoutconn ] [ -T timeoutrun ] [ args... ]",
	Help: `Gives the s6-sudod behind descriptors 6 and 7 its stdin, stdout and stderr, the arguments and the
environment, and waits for the program that runs with them.

  -e     send no environment
  -t MS  give up when the program has not started after MS milliseconds (0: never)
  -T MS  give up when it has not ended after MS milliseconds (0: never)

Exit codes: the program's, 128 if it is higher, 128 plus the signal that killed it; 100 the server is no
s6-sudod; 111 it refused, is gone, or took too long.

Example: s6-ipcclient /run/backup.sock s6-sudoc /srv/data
`,
	Run:    runSudoc,
	Inline: true,
}

func runSudoc(inv *applet.Invocation) error {
	sendEnv := true
	var start, run uint64
	err := inv.Getopt("et:T:", func(opt byte, value string) error {
		switch opt {
		case 'e':
			sendEnv = false
		case 't':
			return inv.Uint(&start)(value)
		case 'T':
			return inv.Uint(&run)(value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	conn, err := connFrom(inv, 6, 7)
	if err != nil {
		return err
	}
	defer conn.Release()
	request := sudo.Request{Args: inv.Args}
	if sendEnv {
		request.Env = inv.Proc.Env
	}
	if err := inv.Proc.OpenStd(); err != nil {
		return applet.System(err, "open /dev/null")
	}
	for n := range request.FDs {
		if request.FDs[n], err = inv.Proc.FD(n); err != nil {
			return applet.System(err, "send descriptor %d", n)
		}
	}
	conn.SetTimeout(milliseconds(start))
	if err := sudo.Call(conn, request); err != nil {
		return callFailed(err)
	}
	conn.SetTimeout(milliseconds(run))
	status, err := sudo.Result(conn)
	if err != nil {
		return applet.System(err, "get exit status from server")
	}
	return applet.Exit(status.Approx())
}

func callFailed(err error) error {
	var refused *sudo.RefusedError
	switch {
	case err == sudo.ErrServerBanner:
		return applet.Fatal(applet.ExitUsage, "%s", err)
	case err == sudo.ErrNoServer:
		return applet.Fatal(applet.ExitSystem, "%s", err)
	case errors.As(err, &refused):
		return applet.System(err, "start privileged program: server answered")
	}
	return applet.System(err, "send args to server")
}

// connFrom makes a connection of two descriptors of inv's process.
func connFrom(inv *applet.Invocation, in, out int) (*unixmessage.Conn, error) {
	r, err := inv.Proc.FD(in)
	if err != nil {
		return nil, applet.System(err, "use descriptor %d", in)
	}
	w, err := inv.Proc.FD(out)
	if err != nil {
		return nil, applet.System(err, "use descriptor %d", out)
	}
	for _, fd := range []int{r, w} {
		if _, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil {
			return nil, applet.System(err, "use descriptors %d and %d", in, out)
		}
	}
	return unixmessage.New(r, w), nil
}

func milliseconds(n uint64) time.Duration {
	return time.Duration(min(n, uint64(1<<62/time.Millisecond))) * time.Millisecond
}
