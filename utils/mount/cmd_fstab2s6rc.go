package mount

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/mounts"
	"s6box/internal/sys"
)

var cmdFstab2s6rc = applet.Applet{
	Name:  "fstab2s6rc",
	Usage: "[ -A | -a ] [ -U | -u ] [ -E | -e ] [ -F fstab ] [ -m mode ] [ -B bundle ] [ -d basedep ] dir",
	Help: `Makes dir with a source directory for s6-rc-compile for each mount and swap in /etc/fstab: mount-var:log for
/var/log, swap-dev:sda2 for /dev/sda2. A mount depends on the one that it is below. The root is left out.

  -F, --fstab=FSTAB          read FSTAB instead of /etc/fstab
  -m, --mode=MODE            permissions of dir, in octal (default 0755)
  -B, --bundle=BUNDLE        make bundles of what is not noauto: BUNDLE-mounts, BUNDLE-swaps, and BUNDLE of the two
  -d, --base-dependency=DEP  all depend on the service DEP
  -A, --include-noauto       services for noauto lines too, in no bundle and with no flag (default)
  -a, --exclude-noauto       none for noauto lines
  -U, --without-uuid         use s6-mount and s6-swapon, which know no UUID= and LABEL= (default)
  -u, --with-uuid            use mount and swapon of util-linux
  -E, --essential            essential services that never go down (default)
  -e, --not-essential        recommended services that unmount when they go down

Exit codes: 1 a line of FSTAB can't be used, 100 wrong usage, 111 a system call failed; dir is there only with 0.

Example: fstab2s6rc -B fstab -d mount-devfs /etc/s6-rc/source/fstab
`,
	Run: runFstab2s6rc,
}

// entryError is the line of a table that can't be used: its number, and what is wrong with it.
type entryError struct {
	line int
	what string
}

func (e *entryError) Error() string { return e.what }

func runFstab2s6rc(inv *applet.Invocation) error {
	m := sourceMaker{essential: true}
	fstab, mode := mounts.Fstab, "755"
	set := func(p *bool, value bool) func(string) error {
		return func(string) error { *p = value; return nil }
	}
	err := inv.Gol(
		applet.Option{Short: 'A', Long: "include-noauto", Set: set(&m.onlyAuto, false)},
		applet.Option{Short: 'a', Long: "exclude-noauto", Set: set(&m.onlyAuto, true)},
		applet.Option{Short: 'U', Long: "without-uuid", Set: set(&m.utilLinux, false)},
		applet.Option{Short: 'u', Long: "with-uuid", Set: set(&m.utilLinux, true)},
		applet.Option{Short: 'E', Long: "essential", Set: set(&m.essential, true)},
		applet.Option{Short: 'e', Long: "not-essential", Set: set(&m.essential, false)},
		applet.Option{Short: 'F', Long: "fstab", Value: true, Set: applet.String(&fstab)},
		applet.Option{Short: 'm', Long: "mode", Value: true, Set: applet.String(&mode)},
		applet.Option{Short: 'B', Long: "bundle", Value: true, Set: serviceName("bundle", &m.bundle)},
		applet.Option{Short: 'd', Long: "base-dependency", Value: true, Set: serviceName("base dependency", &m.base)},
	)
	if err != nil {
		return err
	}
	perm, err := strconv.ParseUint(mode, 8, 32)
	if err != nil || perm > 0o7777 || len(inv.Args) == 0 {
		return inv.UsageError()
	}
	entries, err := readTable(fstab)
	if err != nil {
		return err
	}
	m.tool = func(name string) string { return chain.ToolPath(inv.Proc, name) }
	m.warn = inv.Warn
	files, err := m.sources(entries)
	if bad, ok := err.(*entryError); ok {
		return applet.Fatal(1, "%s (line %d of %s)", bad.what, bad.line, fstab)
	}
	return writeSources(strings.TrimRight(inv.Args[0], "/"), files, uint32(perm))
}

// serviceName sets what the option says is called, which has to be fit for a file's name.
func serviceName(what string, p *string) func(string) error {
	return func(name string) error {
		if name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
			return applet.Fatal(applet.ExitUsage, "invalid name of a %s: %q (it has to be the name of a file)", what, name)
		}
		*p = name
		return nil
	}
}

// writeSources makes dir with files. It is there by rename, whole, or not at all.
func writeSources(dir string, files []sourceFile, mode uint32) error {
	var st unix.Stat_t
	switch err := unix.Lstat(dir, &st); err {
	case nil:
		return applet.Fatal(applet.ExitSystem, "%s already exists", dir)
	case unix.ENOENT:
	default:
		return applet.System(err, "access %s", dir)
	}
	if dir == "" {
		return applet.System(unix.ENOENT, "mkdir %q", dir)
	}
	const drafts = ":fstab2s6rc:"
	sys.Abandoned(dir+drafts, nil)
	temp, fd, err := sys.Draft(dir+drafts, 0o700)
	if err != nil {
		return applet.System(err, "mkdir %s", dir+drafts)
	}
	defer unix.Close(fd)
	err = fillSources(temp, files)
	if err == nil {
		if err = unix.Chmod(temp, mode); err != nil {
			err = applet.System(err, "chmod %s", temp)
		} else if err = unix.Rename(temp, dir); err != nil {
			err = applet.System(err, "rename %s to %s", temp, dir)
		}
	}
	if err != nil {
		sys.RemoveAll(sys.AT, temp)
	}
	return err
}

func fillSources(dir string, files []sourceFile) error {
	for _, f := range files {
		path := dir + "/" + f.path
		if !f.dir {
			if err := sys.Create(sys.AT, path, []byte(f.text), 0o666); err != nil {
				return applet.System(err, "write to %s", path)
			}
			continue
		}
		if err := sys.Mkdir(sys.AT, path, 0o755); err != nil {
			return applet.System(err, "mkdir %s", path)
		}
	}
	return nil
}
