package utils

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Mkdir = applet.Applet{
	Name:  "s6-mkdir",
	Usage: "[ -p ] [ -v ] [ -m mode ] dir",
	Help: `Creates directories. What can't be created is told, and the others are created all the same.

  -p       parents too; a directory that is there is no error
  -v       write to stderr what is created
  -m MODE  permissions of the directories, in octal (0777 less the umask)

Exit codes: 111 not all could be created.

Example: s6-mkdir -p -m 0755 /run/app/data
`,
	Run: runMkdir,
}

func runMkdir(inv *applet.Invocation) error {
	parents, verbose, mode := false, false, uint32(0o777)
	err := inv.Getopt("pvm:", func(opt byte, value string) (err error) {
		switch opt {
		case 'p':
			parents = true
		case 'v':
			verbose = true
		case 'm':
			inv.Proc.Umask(0)
			mode, err = octal(inv, value)
		}
		return err
	})
	if err != nil {
		return err
	}
	var last error
	for _, dir := range inv.Args {
		for _, name := range steps(dir, parents) {
			err := unix.Mkdir(name, mode)
			if err == unix.EEXIST && parents && (name != dir || isDir(name)) {
				continue // a parent that is no directory is told with what would lie in it
			}
			if err != nil {
				inv.Warn("unable to mkdir %s: %s", name, applet.Reason(err))
				last = applet.Exit(applet.ExitSystem)
				break
			}
			if verbose {
				inv.Proc.Stderr().Write([]byte(inv.Prog + ": created directory " + name + "\n"))
			}
		}
	}
	return last
}

// steps are the directories to make for dir: with its parents, from the first on.
func steps(dir string, parents bool) (names []string) {
	if !parents {
		return []string{dir}
	}
	if trimmed := strings.TrimRight(dir, "/"); trimmed != "" {
		dir = trimmed
	}
	for i := 1; i < len(dir); i++ {
		if dir[i] == '/' && dir[i-1] != '/' {
			names = append(names, dir[:i])
		}
	}
	return append(names, dir)
}

func isDir(name string) bool {
	var st unix.Stat_t
	return unix.Stat(name, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}
