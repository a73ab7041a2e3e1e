package mount

import (
	"slices"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/mounts"
)

var cmdS6Umount = applet.Applet{
	Name:  "s6-umount",
	Usage: "[ -a ] [ mountpoint ]",
	Help: `Unmounts the file system at mntpoint, or with -a all that /proc/mounts lists, the last one first.

Exit codes: 100 wrong usage, 111 it can't be unmounted; with -a the number of those that can't be.

Example: s6-umount /mnt
`,
	Run: runUmount,
}

func runUmount(inv *applet.Invocation) error {
	all := false
	err := inv.Gol(applet.Option{Short: 'a', Set: applet.Flag(&all)})
	switch {
	case err != nil:
		return err
	case all:
		return umountAll(inv)
	case len(inv.Args) == 0:
		return inv.UsageError()
	}
	if err := unix.Unmount(inv.Args[0], 0); err != nil {
		return applet.System(err, "unmount %s", inv.Args[0])
	}
	return nil
}

func umountAll(inv *applet.Invocation) error {
	entries, err := readTable(mounts.Active)
	if err != nil {
		return err
	}
	failed := 0
	for _, e := range slices.Backward(entries) {
		if err := unix.Unmount(e.Dir, 0); err != nil {
			failed++
			inv.Warn("unable to unmount %s: %s", e.Dir, applet.Reason(err))
		}
	}
	return applet.Exit(min(failed, 255))
}
