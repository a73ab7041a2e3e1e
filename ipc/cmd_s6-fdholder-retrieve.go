package ipc

import (
	"s6box/internal/applet"
)

var cmdS6FdholderRetrieve = applet.Applet{
	Name:  "s6-fdholder-retrieve",
	Usage: "[ -D ] [ -t timeout ] socket id prog...",
	Help: `Runs prog with a copy of the descriptor that a daemon holds under the identifier id as its stdin.

  -D     the daemon drops its own
  -t MS  give up after MS milliseconds
` + fdholderCodes + "Example: s6-fdholder-retrieve /run/fdholder/s unix:/run/s.sock s6-ipcserverd server\n",
	Chain: runFdholderRetrieve,
	Waits: true,
}

func runFdholderRetrieve(inv *applet.Invocation) ([]string, error) {
	del := false
	c, args, err := dialHolder(inv, "D", 3, func(byte, string) error {
		del = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	fd, err := c.Retrieve(args[0], del)
	c.Close()
	if err != nil {
		return nil, applet.SystemCode(1, err, "retrieve fd for id %s", args[0])
	}
	if err := inv.Proc.SetFD(0, fd); err != nil {
		return nil, applet.System(err, "make the descriptor stdin")
	}
	return args[1:], nil
}
