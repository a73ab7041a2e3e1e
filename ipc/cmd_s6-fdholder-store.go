package ipc

import (
	"math"

	"s6box/internal/applet"
	"s6box/internal/tai"
	"s6box/ipc/fdholder"
)

var cmdS6FdholderStore = applet.Applet{
	Name:  "s6-fdholder-store",
	Usage: "[ -d fd ] [ -t timeout ] [ -T fdtimeout ] socket id",
	Help: `Gives a daemon a copy of stdin to hold, under the identifier id.

  -d FD  descriptor FD instead of stdin
  -T MS  the daemon drops it after MS milliseconds (0: never)
  -t MS  give up after MS milliseconds
` + fdholderCodes + "Example: s6-ipcserver-socketbinder /run/s.sock s6-fdholder-store /run/fdholder/s unix:/run/s.sock\n",
	Run:    runFdholderStore,
	Inline: true,
}

var cmdS6FdholderDelete = applet.Applet{
	Name:  "s6-fdholder-delete",
	Usage: "[ -t timeout ] socket id",
	Help: `Makes a daemon drop the descriptor that it holds under the identifier id.

  -t MS  give up after MS milliseconds
` + fdholderCodes + "Example: s6-fdholder-delete /run/fdholder/s unix:/run/s.sock\n",
	Run:    runFdholderDelete,
	Inline: true,
}

func runFdholderStore(inv *applet.Invocation) error {
	var n, life uint64
	c, args, err := dialHolder(inv, "d:T:", 2, func(opt byte, value string) error {
		if opt == 'd' {
			return inv.Uint(&n)(value)
		}
		return inv.Uint(&life)(value)
	})
	if err != nil {
		return err
	}
	defer c.Close()
	limit := fdholder.Never()
	if life > 0 {
		limit = tai.Now().Add(milliseconds(life))
	}
	fd, err := inv.Proc.FD(int(min(n, math.MaxInt32)))
	if err == nil {
		err = c.Store(fd, args[0], limit)
	}
	if err != nil {
		return applet.SystemCode(1, err, "store fd")
	}
	return nil
}

func runFdholderDelete(inv *applet.Invocation) error {
	c, args, err := dialHolder(inv, "", 2, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Delete(args[0]); err != nil {
		return applet.SystemCode(1, err, "delete fd for id %s", args[0])
	}
	return nil
}
