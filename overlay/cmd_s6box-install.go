package overlay

import (
	"errors"
	"io/fs"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/overlay/layout"
)

var cmdS6boxInstall = applet.Applet{
	Name:  "s6box-install",
	Usage: "[ -S ] [ -l ] root",
	Help: `Installs what the tarballs hold below the directory root, which may be /: this program, /init, /command,
/package, /etc/s6-overlay, and links in /usr/bin. Files that are there are replaced, except services and
programs in /usr/bin.

  -S   no links in /usr/bin
  -l   also the syslogd services, as the syslogd tarball

Exit codes: 0, 100 wrong usage, 111 a file can't be written.

Example: s6box install /
`,
	Run: runInstall,
}

func runInstall(inv *applet.Invocation) error {
	links, syslogd := true, false
	err := inv.Getopt("Sl", func(opt byte, _ string) error {
		switch opt {
		case 'S':
			links = false
		case 'l':
			syslogd = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) != 1 {
		return inv.UsageError()
	}
	root, err := inv.Proc.Path(inv.Args[0])
	if err != nil {
		return err
	}
	parts := []layout.Part{layout.Noarch, layout.Arch}
	if links {
		parts = append(parts, layout.SymlinksNoarch, layout.SymlinksArch)
	}
	if syslogd {
		parts = append(parts, layout.Syslogd)
	}
	inv.Proc.Umask(0o022)
	for _, part := range parts {
		if err := layout.Install(root, proc.Self(), layout.Entries(part, Has)); err != nil {
			failed := &fs.PathError{Op: "install", Path: root}
			errors.As(err, &failed)
			return applet.System(err, "%s %s", failed.Op, failed.Path)
		}
	}
	return nil
}

// Has tells whether the program has a command of that name.
func Has(command string) bool { return applet.Lookup(command) != nil }
