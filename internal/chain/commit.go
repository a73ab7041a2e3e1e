package chain

import (
	"fmt"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdCommit = applet.Applet{
	Name:   proc.Commit,
	Usage:  "[ -u mask ] [ -l resource:soft:hard ] [ -i ids ] [ -s signal ] [ -o fd ] path argv0 args...",
	Hidden: true,
	Run:    commit,
}

// commit is the command proc.Commit describes.
func commit(inv *applet.Invocation) error {
	out := -1
	ids := proc.Ids{Uid: -1, Gid: -1}
	err := inv.Getopt("u:l:i:s:o:", func(opt byte, value string) (err error) {
		switch opt {
		case 'o':
			out, err = strconv.Atoi(value)
		case 'i':
			ids, err = proc.ParseIds(value)
		case 'u':
			var mask int64
			if mask, err = strconv.ParseInt(value, 8, 32); err == nil {
				inv.Proc.Umask(int(mask))
			}
		case 's':
			var sig int
			if sig, err = strconv.Atoi(value); err == nil {
				err = inv.Proc.Ignore(unix.Signal(sig))
			}
		case 'l':
			var resource int
			var l proc.Limit
			if _, err = fmt.Sscanf(value, "%d:%d:%d", &resource, &l.Soft, &l.Hard); err == nil {
				err = inv.Proc.SetLimit(resource, l)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	if err := inv.Proc.SetIds(ids); err != nil {
		return applet.System(err, "set the ids %s", ids)
	}
	path, argv := inv.Args[0], inv.Args[1:]
	if out < 0 {
		return cantExec(inv.Proc, inv.Proc.SearchPath(), argv[0], inv.Proc.Exec(path, argv))
	}
	unix.CloseOnExec(out)
	pid, err := inv.Proc.Clone().Spawn(path, argv)
	if errno, ok := err.(syscall.Errno); ok {
		pid = -int(errno)
	}
	_, err = proc.FD(out).Write([]byte(strconv.Itoa(pid)))
	return err
}
