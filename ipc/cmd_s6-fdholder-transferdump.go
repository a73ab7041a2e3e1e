package ipc

import (
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/ipc/fdholder"
)

var cmdS6FdholderTransferdump = applet.Applet{
	Name:  "s6-fdholder-transferdump",
	Usage: "[ -t timeoutfrom:timeoutto ] socketfrom socketto",
	Help: `Gives the daemon at socketto copies of all the descriptors that the one at socketfrom holds.

  -t MS:MS  give up after so many milliseconds, for either daemon

Exit codes: 1 the first server refused, 2 the second did, 100 usage, 111 no server is there.

Example: s6-fdholder-transferdump /run/fdholder/s /run/fdholder-2/s
`,
	Run:    runFdholderTransferdump,
	Inline: true,
}

func runFdholderTransferdump(inv *applet.Invocation) error {
	var timeouts [2]uint64
	err := inv.Getopt("t:", func(_ byte, value string) error {
		from, to, _ := strings.Cut(value, ":")
		for i, text := range []string{from, to} {
			if text == "" && value != "" {
				continue
			}
			if err := inv.Uint(&timeouts[i])(text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	from, err := dialNamed(inv, inv.Args[0], "source", milliseconds(timeouts[0]))
	if err != nil {
		return err
	}
	entries, err := from.GetDump()
	from.Close()
	if err != nil {
		return applet.SystemCode(1, err, "get dump")
	}
	defer func() {
		for _, e := range entries {
			unix.Close(e.FD)
		}
	}()
	to, err := dialNamed(inv, inv.Args[1], "destination", milliseconds(timeouts[1]))
	if err != nil {
		return err
	}
	defer to.Close()
	if len(entries) == 0 {
		return nil // the daemon is not asked
	}
	if err := to.SetDump(entries); err != nil {
		return applet.SystemCode(2, err, "set dump")
	}
	return nil
}

func dialNamed(inv *applet.Invocation, name, role string, timeout time.Duration) (*fdholder.Client, error) {
	path, err := inv.Proc.Path(name)
	if err != nil {
		return nil, err
	}
	c, err := fdholder.Dial(path, timeout)
	if err != nil {
		return nil, applet.System(err, "connect to a %s fd-holder daemon at %s", role, name)
	}
	return c, nil
}
