package mount

import (
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/mounts"
	"s6box/internal/sys"
)

var (
	cmdS6Swapon  = applet.Applet{Name: "s6-swapon", Usage: swapUsage, Help: swaponHelp, Run: runSwapon}
	cmdS6Swapoff = applet.Applet{Name: "s6-swapoff", Usage: swapUsage, Help: swapoffHelp, Run: runSwapoff}
)

const swapUsage = "[ -a ] [ device ]"

const swaponHelp = `Activates the swap on device.

  -a  all that /etc/fstab has the type swap for

Exit codes: 100 wrong usage, 111 it can't be activated; with -a the number of those that can't be.

Example: s6-swapon /dev/sda2
`

const swapoffHelp = `Deactivates the swap on device.

  -a  all that /proc/swaps lists

Exit codes: 100 wrong usage, 111 it can't be deactivated; with -a the number of those that can't be.

Example: s6-swapoff /dev/sda2
`

func runSwapon(inv *applet.Invocation) error { return runSwap(inv, unix.SYS_SWAPON, fstabSwaps) }

func runSwapoff(inv *applet.Invocation) error { return runSwap(inv, unix.SYS_SWAPOFF, activeSwaps) }

// runSwap makes the system call for a device, or for all that -a stands for, which all finds.
func runSwap(inv *applet.Invocation, call uintptr, all func() ([]string, error)) error {
	what := strings.TrimPrefix(inv.Name, "s6-")
	every := false
	err := inv.Gol(applet.Option{Short: 'a', Set: applet.Flag(&every)})
	switch {
	case err != nil:
		return err
	case every:
		return swapAll(inv, what, call, all)
	case len(inv.Args) == 0:
		return inv.UsageError()
	}
	if err := swap(call, inv.Args[0]); err != nil {
		return applet.System(err, "%s %s", what, inv.Args[0])
	}
	return nil
}

func swapAll(inv *applet.Invocation, what string, call uintptr, all func() ([]string, error)) error {
	devices, err := all()
	if err != nil {
		return err
	}
	failed := 0
	for _, device := range devices {
		if err := swap(call, device); err != nil {
			failed++
			inv.Warn("unable to %s %s: %s", what, device, applet.Reason(err))
		}
	}
	return applet.Exit(failed)
}

func swap(call uintptr, device string) error {
	path, err := unix.BytePtrFromString(device)
	if err != nil {
		return err
	}
	if _, _, errno := unix.Syscall(call, uintptr(unsafe.Pointer(path)), 0, 0); errno != 0 {
		return errno
	}
	return nil
}

func fstabSwaps() ([]string, error) {
	entries, err := readTable(mounts.Fstab)
	var devices []string
	for _, e := range entries {
		if e.Swap() {
			devices = append(devices, e.Device)
		}
	}
	return devices, err
}

// activeSwaps reads /proc/swaps, which begins with a line of titles.
func activeSwaps() ([]string, error) {
	const file = "/proc/swaps"
	data, err := sys.ReadFile(sys.AT, file, mounts.Longest)
	if err != nil {
		return nil, applet.System(err, "open %s", file)
	}
	_, lines, _ := strings.Cut(string(data), "\n")
	var devices []string
	for line := range strings.Lines(lines) {
		if device, _, _ := strings.Cut(strings.TrimRight(line, "\n"), " "); device != "" {
			device, _, _ = strings.Cut(device, "\t")
			devices = append(devices, mounts.Unescape(device))
		}
	}
	return devices, nil
}
