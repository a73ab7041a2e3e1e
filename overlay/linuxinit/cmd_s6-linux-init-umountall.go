package linuxinit

import (
	"slices"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/mounts"
)

var cmdS6LinuxInitUmountall = applet.Applet{
	Name:  "s6-linux-init-umountall",
	Usage: "",
	Help: `Unmounts every file system that /proc/mounts lists, the last one first, but for the first of the types devtmpfs,
proc and sysfs. One that is busy is made read-only instead. A shutdown ends with it.

Exit codes: the number of those that can't be unmounted, 255 at most.

Example: s6-linux-init-umountall
`,
	Run: runUmountall,
}

func runUmountall(inv *applet.Invocation) error {
	table, err := mounts.Read(mounts.Active)
	if err != nil {
		return applet.System(err, "read %s", mounts.Active)
	}
	failed := 0
	for _, dir := range slices.Backward(toUnmount(table)) {
		err := unix.Unmount(dir, 0)
		if err == unix.EBUSY {
			err = unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
		}
		if err != nil {
			failed++
			inv.Warn("unable to umount %s: %s", dir, applet.Reason(err))
		}
	}
	return applet.Exit(min(failed, 255))
}

// toUnmount are the directories of a table of mounts, but for those of the first of the types that are needed to the
// end.
func toUnmount(table []mounts.Entry) (dirs []string) {
	needed := []string{"devtmpfs", "proc", "sysfs"}
	for _, e := range table {
		if i := slices.Index(needed, e.Kind); i >= 0 {
			needed = slices.Delete(needed, i, i+1)
			continue
		}
		dirs = append(dirs, e.Dir)
	}
	return dirs
}
