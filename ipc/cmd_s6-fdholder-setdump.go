package ipc

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/tai"
	"s6box/ipc/fdholder"
)

var cmdS6FdholderSetdump = applet.Applet{
	Name:  "s6-fdholder-setdump",
	Usage: "[ -t timeout ] socket",
	Help: `Gives a daemon the descriptors that the environment describes as s6-fdholder-getdump does. Those it holds
under the same identifiers are replaced.

  -t MS  give up after MS milliseconds
` + fdholderCodes + "Example: s6-fdholder-getdump /run/fdholder/s s6-fdholder-setdump /run/fdholder-2/s\n",
	Run:    runFdholderSetdump,
	Inline: true,
}

func runFdholderSetdump(inv *applet.Invocation) error {
	timeout, err := holderOptions(inv, "", 1, nil)
	if err != nil {
		return err
	}
	n, err := uintVariable(inv, "S6_FD#")
	if err != nil {
		return err
	}
	c, err := connectHolder(inv, timeout)
	if err != nil {
		return err
	}
	defer c.Close()
	if n == 0 {
		return nil // the daemon is not asked
	}
	entries, err := entriesFromEnv(inv, n)
	if err == nil {
		err = c.SetDump(entries)
	}
	if _, errno := err.(unix.Errno); errno {
		return applet.SystemCode(1, err, "set dump")
	}
	return err
}

// entriesFromEnv reads the variables of n entries, as s6-fdholder-getdump sets them. The error is an errno for
// a descriptor that can't be used.
func entriesFromEnv(inv *applet.Invocation, n int) ([]fdholder.Entry, error) {
	var entries []fdholder.Entry
	for i := range n {
		number := strconv.Itoa(i)
		fd, err := uintVariable(inv, "S6_FD_"+number)
		if err != nil {
			return nil, err
		}
		e := fdholder.Entry{Limit: fdholder.Never()}
		var ok bool
		if e.ID, ok = inv.Proc.Env.Get("S6_FDID_" + number); !ok {
			return nil, applet.Fatal(applet.ExitUsage, "S6_FDID_%s not set", number)
		}
		if fdholder.CheckID(e.ID) != nil {
			return nil, applet.Fatal(applet.ExitUsage, "invalid $S6_FDID_%s: %s", number, e.ID)
		}
		if text, ok := inv.Proc.Env.Get("S6_FDLIMIT_" + number); ok {
			if e.Limit, ok = tai.Parse(text); !ok {
				return nil, applet.Fatal(applet.ExitUsage, "invalid $S6_FDLIMIT_%s: %s", number, text)
			}
		}
		if e.FD, err = inv.Proc.FD(fd); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func uintVariable(inv *applet.Invocation, name string) (int, error) {
	text, ok := inv.Proc.Env.Get(name)
	if !ok {
		return 0, applet.Fatal(applet.ExitUsage, "%s not set", name)
	}
	n, ok := applet.ParseUint(text)
	if !ok || n > 1<<30 {
		return 0, applet.Fatal(applet.ExitUsage, "invalid $%s: %s", name, text)
	}
	return int(n), nil
}
