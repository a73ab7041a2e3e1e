package overlay

import (
	"slices"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/overlay/layout"
)

func init() {
	applet.Register(&applet.Applet{
		Name:  "s6box-install",
		Usage: "[ -s ] [ -l ] root",
		Help: `Installs everything that the tarballs hold below the directory root, which may be /: this program, /init,
/command, /package and /etc/s6-overlay. Files that are there are replaced, services are not touched.

  -s   also links in /usr/bin, as the two symlinks tarballs
  -l   also the syslogd services, as the syslogd tarball

Example: s6box install -s /
`,
		Run: runInstall,
	})
}

func runInstall(inv *applet.Invocation) error {
	parts := []layout.Part{layout.Noarch, layout.Arch}
	err := inv.Getopt("sl", func(opt byte, _ string) error {
		switch opt {
		case 's':
			parts = append(parts, layout.SymlinksNoarch, layout.SymlinksArch)
		case 'l':
			parts = append(parts, layout.Syslogd)
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
	inv.Proc.Umask(0o022)
	for _, part := range slices.Compact(parts) {
		if err := layout.Install(root, proc.Self(), layout.Entries(part, Has)); err != nil {
			return applet.Fatal(applet.ExitSystem, "unable to %v", err)
		}
	}
	return nil
}

// Has tells whether the program has a command of that name.
func Has(command string) bool { return applet.Lookup(command) != nil }
