package mount

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/mounts"
	"s6box/internal/sys"
)

var cmdS6Mount = applet.Applet{
	Name:  "s6-mount",
	Usage: "-a [ -z fstab ] | [ -n ] [ -r | -w ] [ -t fstype ] [ -o option[,option...] ] device mntpoint",
	Help: `Mounts the file system on device at mntpoint, or with -a all that fstab lists. Without any
argument it shows what is mounted.

  -a        every line of fstab, noauto and swap too
  -z FSTAB  read FSTAB instead of /etc/fstab
  -t TYPE   file system (default none)
  -r, -w    read-only, read-write (default)
  -o LIST   options: defaults ro rw remount sync async dirsync nodirsync nodev dev noexec exec nosuid suid nosymfollow
            symfollow noatime atime nodiratime diratime relatime norelatime strictatime nostrictatime lazytime
            nolazytime silent loud bind nobind move nomove shared private slave unbindable, and any that the file
            system itself knows; may be repeated
  -n        accepted: /etc/mtab is never written

Exit codes: 1 already mounted or busy, 100 wrong usage, 111 it can't be mounted; with -a the number of those that
can't be.

Example: s6-mount -t tmpfs -o nosuid,nodev,size=64m tmpfs /var/cache
`,
	Run: runMount,
}

func runMount(inv *applet.Invocation) error {
	all, fstab, kind := false, mounts.Fstab, "none"
	var o options
	err := inv.Getopt("nz:arwt:o:", func(opt byte, value string) error {
		switch opt {
		case 'a':
			all = true
		case 'z':
			fstab = value
		case 't':
			kind = value
		case 'r':
			o.add("ro")
		case 'w':
			o.add("rw")
		case 'o':
			o.add(value)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case all:
		return mountAll(inv, fstab)
	case len(inv.Args) == 0:
		return showMounts(inv)
	case len(inv.Args) < 2:
		return inv.UsageError()
	}
	err = o.mount(inv.Args[0], inv.Args[1], kind)
	code := applet.ExitSystem
	if err == unix.EBUSY {
		code = 1
	}
	if err != nil {
		return applet.SystemCode(code, err, "mount %s on %s", inv.Args[0], inv.Args[1])
	}
	return nil
}

// showMounts writes the table of what is mounted.
func showMounts(inv *applet.Invocation) error {
	data, err := sys.ReadFile(sys.AT, mounts.Active, mounts.Longest)
	if err != nil {
		return applet.System(err, "open %s for reading", mounts.Active)
	}
	if _, err := inv.Proc.Stdout().Write(data); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// mountAll mounts what a table lists, and exits with the number of failures.
func mountAll(inv *applet.Invocation, table string) error {
	entries, err := readTable(table)
	if err != nil {
		return err
	}
	failed := 0
	for _, e := range entries {
		var o options
		o.add(e.Options)
		if err := o.mount(e.Device, e.Dir, e.Kind); err != nil {
			failed++
			inv.Warn("unable to mount %s on %s: %s", e.Device, e.Dir, applet.Reason(err))
		}
	}
	return applet.Exit(failed)
}
