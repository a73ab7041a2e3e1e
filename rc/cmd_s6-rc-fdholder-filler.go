package rc

import (
	"io"
	"strings"
	"time"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/ipc/fdholder"
	"s6box/ipc/unixmessage"
	"s6box/rc/update"
)

// holderFD is the descriptor that s6-rc-fdholder-filler talks to the fd-holder on.
const holderFD = 6

var cmdS6RcFdholderFiller = applet.Applet{
	Name:  "s6-rc-fdholder-filler",
	Usage: "[ -1 ] [ -t timeout ]",
	Help: `Makes a pipe for every consumer of a pipeline and gives both ends to the fd-holder connected to descriptor 6, as
pipe:s6rc-r-NAME and pipe:s6rc-w-NAME. Names are read from standard input, one a line; empty lines and those that
start with # do not count. The service s6rc-fdholder calls it.

  -1      print a newline when all is done
  -t MS   give up after MS milliseconds

Exit codes: 0 done, 100 wrong usage, 111 a system call failed.

Example: s6-ipcclient -l0 s s6-rc-fdholder-filler -1 <data/autofilled
`,
	Run: runFiller,
}

func runFiller(inv *applet.Invocation) error {
	var notify bool
	var timeout uint64
	err := inv.Getopt("1t:", func(opt byte, value string) error {
		if opt == 't' {
			return inv.Uint(&timeout)(value)
		}
		notify = true
		return nil
	})
	if err != nil {
		return err
	}
	input, err := io.ReadAll(inv.Proc.Stdin())
	if err != nil {
		return applet.System(err, "read service names from stdin")
	}
	entries, err := makePipes(string(input))
	if err != nil {
		return applet.System(err, "create pipes")
	}
	if err := transfer(inv, entries, time.Duration(timeout)*time.Millisecond); err != nil {
		return err
	}
	if notify {
		if _, err := inv.Proc.Stdout().Write([]byte("\n")); err != nil {
			return applet.System(err, "write to stdout")
		}
	}
	return nil
}

// transfer gives descriptors to the fd-holder, unless there are none.
func transfer(inv *applet.Invocation, entries []fdholder.Entry, timeout time.Duration) error {
	if len(entries) == 0 {
		return nil
	}
	fd, err := inv.Proc.FD(holderFD)
	if err != nil {
		return applet.System(err, "use descriptor %d", holderFD)
	}
	conn := unixmessage.New(fd, fd)
	conn.SetTimeout(timeout)
	if err := fdholder.NewClient(conn).SetDump(entries); err != nil {
		return applet.System(err, "transfer pipes to the fd-holder")
	}
	return nil
}

// makePipes makes a pipe for each name in a list.
func makePipes(list string) ([]fdholder.Entry, error) {
	var entries []fdholder.Entry
	for name := range strings.SplitSeq(list, "\n") {
		name = strings.TrimLeft(name, " \t\r")
		if name == "" || name[0] == '#' {
			continue
		}
		r, w, err := proc.Pipe()
		if err != nil {
			return nil, err
		}
		for _, end := range []struct {
			id string
			fd int
		}{{update.PipeID('r', name), r}, {update.PipeID('w', name), w}} {
			entries = append(entries, fdholder.Entry{FD: end.fd, ID: end.id, Limit: fdholder.Never()})
		}
	}
	return entries, nil
}
