package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Freeramdisk = applet.Applet{
	Name:  "s6-freeramdisk",
	Usage: "ramdisk_device",
	Help: `Gives back the memory of a RAM disk that is not in use any more.

Exit codes: 100 wrong usage, 111 it is no such device, or busy.

Example: s6-freeramdisk /dev/ram0
`,
	Run: runFreeramdisk,
}

func runFreeramdisk(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	device := inv.Args[0]
	fd, err := inv.Proc.Open(device, unix.O_RDWR, 0)
	if err != nil {
		return applet.System(err, "open %s in read-write mode", device)
	}
	defer unix.Close(fd)
	if err := unix.IoctlSetInt(fd, unix.BLKFLSBUF, 0); err != nil {
		return applet.System(err, "ioctl %s", device)
	}
	return nil
}
