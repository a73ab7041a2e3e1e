package privilege

import "s6box/internal/applet"

var cmdS6Chroot = applet.Applet{
	Name:  "s6-chroot",
	Usage: "dir prog...",
	Help: `Makes dir the root directory and the working directory, and runs prog, which is looked for in there.

Exit codes: 111 dir can't be used, 127 prog is not in dir.

Example: s6-chroot /srv/jail server
`,
	Chain: runChroot,
}

func runChroot(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.Own(); err != nil {
		return nil, err
	}
	dir := inv.Args[0]
	if err := inv.Proc.Chdir(dir); err != nil {
		return nil, applet.System(err, "chdir to %s", dir)
	}
	if err := inv.Proc.Chroot("."); err != nil {
		return nil, applet.System(err, "chroot in %s", dir)
	}
	return inv.Args[1:], nil
}
