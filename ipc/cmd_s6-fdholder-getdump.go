package ipc

import (
	"strconv"

	"s6box/internal/applet"
	"s6box/ipc/fdholder"
)

var cmdS6FdholderGetdump = applet.Applet{
	Name:  "s6-fdholder-getdump",
	Usage: "[ -t timeout ] socket prog...",
	Help: `Runs prog with copies of all the descriptors that a daemon holds. S6_FD# is how many there are; S6_FD_i is
the number of the one numbered i from 0, S6_FDID_i its identifier, S6_FDLIMIT_i the TAI64N time until which it is
kept, if it has one.

  -t MS  give up after MS milliseconds
` + fdholderCodes + "Example: s6-fdholder-getdump /run/fdholder/s s6-fdholder-setdump /run/fdholder-2/s\n",
	Chain: runFdholderGetdump,
	Waits: true,
}

func runFdholderGetdump(inv *applet.Invocation) ([]string, error) {
	if err := inv.Proc.Own(); err != nil {
		return nil, err // descriptors stay where they arrive
	}
	c, args, err := dialHolder(inv, "", 2, nil)
	if err != nil {
		return nil, err
	}
	entries, err := c.GetDump()
	c.Close()
	if err != nil {
		return nil, applet.SystemCode(1, err, "get dump")
	}
	env := inv.Proc.Env.Set("S6_FD#", strconv.Itoa(len(entries)))
	for i, e := range entries {
		if err := inv.Proc.SetFD(e.FD, e.FD); err != nil {
			return nil, applet.System(err, "keep descriptor %d open", e.FD)
		}
		n := strconv.Itoa(i)
		env = env.Set("S6_FD_"+n, strconv.Itoa(e.FD)).Set("S6_FDID_"+n, e.ID).Unset("S6_FDLIMIT_" + n)
		if !fdholder.IsNever(e.Limit) {
			env = env.Set("S6_FDLIMIT_"+n, e.Limit.String())
		}
	}
	inv.Proc.Env = env
	return args, nil
}
