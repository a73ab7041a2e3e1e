package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Ln = applet.Applet{
	Name:  "s6-ln",
	Usage: "[ -n ] [ -s ] [ -f ] [ -L ] [ -P ] src... dest",
	Help: `Makes links to files: to one src a link called dest or, where dest is a directory, to every src a link in there. What can't be made is told, and the others are made all the same.

  -s  symbolic links, not hard links
  -f  replace files of that name, at once: there is no moment without one
  -n  a dest that is a symbolic link to a directory counts as a file
  -L  hard links to what a src that is a symbolic link leads to
  -P  hard links to the symbolic link itself (default)

Exit codes: 111 dest can't be looked at, else how many links could not be made, 255 at most.

Example: s6-ln -sfn release-42 /srv/app/current
`,
	Run: runLn,
}

type linker struct {
	symbolic, force bool
	flags           int // of linkat
}

func runLn(inv *applet.Invocation) error {
	var l linker
	nofollow := false
	err := inv.Getopt("nsfLP", func(opt byte, _ string) error {
		switch opt {
		case 'n':
			nofollow = true
		case 's':
			l.symbolic = true
		case 'f':
			l.force = true
		case 'L':
			l.flags = unix.AT_SYMLINK_FOLLOW
		case 'P':
			l.flags = 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	last := len(inv.Args) - 1
	if last < 1 {
		return inv.UsageError()
	}
	sources, target := inv.Args[:last], inv.Args[last]
	inside := len(sources) > 1
	if !inside {
		if inside, err = linksGoInside(target, nofollow); err != nil {
			return applet.System(err, "stat %s", target)
		}
	}
	failed := 0
	for _, source := range sources {
		name := target
		if inside {
			name += "/" + baseName(source)
		}
		if err := l.link(source, name); err != nil {
			inv.Warn("unable to make a link from %s to %s: %s", name, source, applet.Reason(err))
			failed++
		}
	}
	return applet.Exit(min(failed, 255))
}

// linksGoInside tells whether target is a directory.
func linksGoInside(target string, nofollow bool) (bool, error) {
	flags := 0
	if nofollow {
		flags = unix.AT_SYMLINK_NOFOLLOW
	}
	var st unix.Stat_t
	err := unix.Fstatat(sys.AT, target, &st, flags)
	if err == unix.ENOENT {
		return false, nil
	}
	return st.Mode&unix.S_IFMT == unix.S_IFDIR, err
}

func (l *linker) link(source, name string) error {
	create := func(name string) error {
		if l.symbolic {
			return unix.Symlink(source, name)
		}
		return unix.Linkat(sys.AT, source, sys.AT, name, l.flags)
	}
	if l.force {
		return sys.Replace(sys.AT, name, create)
	}
	return create(name)
}
