package linuxinit

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
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
	const table, longest = "/proc/mounts", 1 << 24
	text, err := sys.ReadFile(sys.AT, table, longest)
	if err != nil {
		return applet.System(err, "read %s", table)
	}
	failed := 0
	for _, dir := range slices.Backward(toUnmount(string(text))) {
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
func toUnmount(table string) (dirs []string) {
	needed := []string{"devtmpfs", "proc", "sysfs"}
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		if i := slices.Index(needed, fields[2]); i >= 0 {
			needed = slices.Delete(needed, i, i+1)
			continue
		}
		dirs = append(dirs, unescape(fields[1]))
	}
	return dirs
}

// unescape undoes what the kernel does to names in tables of mounts.
func unescape(name string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(name)
}
