package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/identity"
)

var cmdS6Chown = applet.Applet{
	Name:  "s6-chown",
	Usage: "[ -U ] [ -u uid ] [ -g gid ] file",
	Help: `Changes the owner and the group of a file. What no option names stays as it is.

  -u UID  owner, a number
  -g GID  group, a number
  -U      both from the variables UID and GID, as s6-envuidgid leaves them

Exit codes: 100 no number, or no such variable; 111 they can't be changed.

Example: s6-envuidgid www-data s6-chown -U /run/app
`,
	Run: runChown,
}

func runChown(inv *applet.Invocation) error {
	ids := identity.None()
	err := inv.Getopt("Uu:g:", func(opt byte, value string) (err error) {
		switch opt {
		case 'U':
			if ids.Uid, err = idVariable(inv, "UID"); err == nil {
				ids.Gid, err = idVariable(inv, "GID")
			}
		case 'u':
			ids.Uid, err = id(inv, value)
		case 'g':
			ids.Gid, err = id(inv, value)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if err := unix.Chown(inv.Args[0], ids.Uid, ids.Gid); err != nil {
		return applet.System(err, "chown %s", inv.Args[0])
	}
	return nil
}

func id(inv *applet.Invocation, text string) (int, error) {
	n, ok := applet.ParseUint(text)
	if !ok || n >= 1<<32-1 {
		return 0, inv.UsageError()
	}
	return int(n), nil
}

func idVariable(inv *applet.Invocation, name string) (int, error) {
	value, ok := inv.Proc.Env.Get(name)
	if !ok {
		return 0, applet.Fatal(applet.ExitUsage, "%s not set", name)
	}
	n, ok := applet.ParseUint(value)
	if !ok || n >= 1<<32-1 {
		return 0, applet.Fatal(applet.ExitUsage, "invalid %s: %s", name, value)
	}
	return int(n), nil
}
