package supervise

import (
	"s6box/internal/applet"
	"s6box/internal/fifodir"
	"s6box/internal/sys"
)

var cmdS6FtrigNotify = applet.Applet{
	Name:  "s6-ftrig-notify",
	Usage: "fifodir message",
	Help: `Sends every character of message, an event each, to all who listen to the event directory.

Exit codes: 0 done, 100 wrong usage, 111 system call failed.

Example: s6-ftrig-notify /run/app/event R
`,
	Run:    runFtrigNotify,
	Inline: true,
}

var cmdS6Cleanfifodir = applet.Applet{
	Name:  "s6-cleanfifodir",
	Usage: "fifodir",
	Help: `Removes the fifos that killed listeners left behind in an event directory. Only the directory's owner may.

Exit codes: 0 done, 100 wrong usage, 111 system call failed.

Example: s6-cleanfifodir /run/app/event
`,
	Run:    runCleanfifodir,
	Inline: true,
}

var cmdS6Mkfifodir = applet.Applet{
	Name:  "s6-mkfifodir",
	Usage: "[ -f ] [ -g gid ] fifodir",
	Help: `Makes an event directory, which everybody may listen to.

  -g GID  only members of group GID may listen
  -f      set the access of a directory that exists; by default it stays as it is

Exit codes: 0 done, 100 wrong usage, 111 system call failed.

Example: s6-mkfifodir -g 1000 /run/app/event
`,
	Run:    runMkfifodir,
	Inline: true,
}

func runFtrigNotify(inv *applet.Invocation) error {
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	path, err := inv.Proc.Path(inv.Args[0])
	if err != nil {
		return err
	}
	if _, err := fifodir.Notify(sys.AT, path, inv.Args[1]); err != nil {
		return applet.System(err, "notify %s", inv.Args[0])
	}
	return nil
}

func runCleanfifodir(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	path, err := inv.Proc.Path(inv.Args[0])
	if err != nil {
		return err
	}
	if err := fifodir.Clean(sys.AT, path); err != nil {
		return applet.System(err, "clean up fifodir at %s", inv.Args[0])
	}
	return nil
}

func runMkfifodir(inv *applet.Invocation) error {
	force := false
	gid := fifodir.Public
	err := inv.Getopt("fg:", func(opt byte, value string) error {
		if opt == 'f' {
			force = true
			return nil
		}
		n, ok := applet.ParseUint(value)
		if !ok || n >= 1<<32-1 {
			return inv.UsageError()
		}
		gid = int(n)
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	path, err := inv.Proc.Path(inv.Args[0])
	if err != nil {
		return err
	}
	if err := fifodir.Make(sys.AT, path, gid, force); err != nil {
		return applet.System(err, "create fifodir at %s", inv.Args[0])
	}
	return nil
}
