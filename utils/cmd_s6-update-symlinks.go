package utils

import (
	"errors"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6UpdateSymlinks = applet.Applet{
	Name:  "s6-update-symlinks",
	Usage: "/destdir /srcdir [ /srcdir ... ]",
	Help: `Makes destdir show what is in the source directories together. Of two files of one name the one from the source named
last counts; directories of one name are merged. What comes from one source is a symbolic link to it, be it a whole
directory; only where sources share a directory does destdir have a real one.

What destdir was before, with all it held, is replaced at once: there is no moment without a destdir, and a call that
fails leaves the old one.

Exit codes: 100 wrong usage, a path that is not absolute, or a file that would have to take the place of a directory;
111 a source can't be read or destdir can't be made.

Example: s6-update-symlinks /command /bin /usr/bin /usr/local/bin
`,
	Run: runUpdateSymlinks,
}

func runUpdateSymlinks(inv *applet.Invocation) error {
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	for _, name := range inv.Args {
		if !strings.HasPrefix(name, "/") {
			return inv.UsageError()
		}
	}
	dest, sources := "/"+strings.Trim(inv.Args[0], "/"), inv.Args[1:]
	tree := &linkTree{target: sources[0]}
	for _, source := range sources[1:] {
		err := tree.add(source, dest)
		var c *conflict
		if errors.As(err, &c) {
			return applet.Fatal(applet.ExitUsage, "%v", c)
		}
		if err != nil {
			return applet.Fatal(applet.ExitSystem, "error processing %s: %s", source, applet.Reason(err))
		}
	}
	fresh := sys.Unique(dest + ":s6-update-symlinks-new:")
	if err := tree.create(fresh); err != nil {
		sys.RemoveAll(sys.AT, fresh)
		return applet.Fatal(applet.ExitSystem, "error processing %s: %s", sources[0], applet.Reason(err))
	}
	if err := sys.ReplaceTree(sys.AT, fresh, dest); err != nil {
		sys.RemoveAll(sys.AT, fresh)
		return applet.System(err, "rename %s to %s", fresh, dest)
	}
	return nil
}
