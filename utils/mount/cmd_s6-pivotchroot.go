package mount

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Pivotchroot = applet.Applet{
	Name:  "s6-pivotchroot",
	Usage: "old-place-for-new-root new-place-for-old-root prog...",
	Help: `Makes the mount point new-root the root and the working directory, has the old root at put-old, which is
relative to the new one, and runs prog, which is looked for in there.

Exit codes: 100 wrong usage, 111 a system call failed, 127 prog is not in the new root.

Example: s6-pivotchroot /mnt old init
`,
	Chain: runPivotchroot,
	Waits: true, // it is for this process and its children: no other may do it
}

func runPivotchroot(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.Own(); err != nil {
		return nil, err
	}
	root, old := inv.Args[0], inv.Args[1]
	if err := inv.Proc.Chdir(root); err != nil {
		return nil, applet.System(err, "chdir to %s", root)
	}
	if err := unix.PivotRoot(".", old); err != nil {
		return nil, applet.System(err, "pivot_root . %s", old)
	}
	if err := inv.Proc.Chroot("."); err != nil {
		return nil, applet.System(err, "chroot")
	}
	return inv.Args[2:], nil
}
