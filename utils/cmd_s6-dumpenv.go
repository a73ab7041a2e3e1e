package utils

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Dumpenv = applet.Applet{
	Name:  "s6-dumpenv",
	Usage: "[ -N | -n ] [ -m mode ] envdir",
	Help: `Writes the environment into the directory envdir, one file a variable, and makes the directory if need be.
s6-envdir reads it back. A variable whose name can't be a file name is left out, with a warning.

  -N       a newline behind each value, for s6-envdir -Lf
  -n       values as they are, for s6-envdir -Lfn (default)
  -m MODE  mode of a new envdir, in octal (0755)

Exit codes: 111 a system call failed.

Example: s6-dumpenv -m 0700 /run/env
`,
	Run: runDumpenv,
}

// underWay ends the names of files that are being written: s6-envdir skips names with a '='.
const underWay = "=.tmp"

func runDumpenv(inv *applet.Invocation) error {
	end, mode := "", uint64(0o755)
	err := inv.Getopt("Nnm:", func(opt byte, value string) error {
		switch opt {
		case 'N':
			end = "\n"
		case 'n':
			end = ""
		case 'm':
			var err error
			if mode, err = strconv.ParseUint(value, 8, 12); err != nil {
				return inv.UsageError()
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	dir := inv.Args[0]
	if err := mkdir(dir, uint32(mode)); err != nil {
		return applet.System(err, "mkdir %s", dir)
	}
	for _, kv := range inv.Proc.Env {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
			inv.Warn("variable %q can't be the name of a file in %s", name, dir)
			continue
		}
		file := dir + "/" + name
		if err := sys.ReplaceBy(sys.AT, file+underWay, file, []byte(value+end), 0o666); err != nil {
			return applet.System(err, "write %s", file)
		}
	}
	return nil
}

// mkdir makes a directory unless there is one.
func mkdir(dir string, mode uint32) error {
	err := unix.Mkdir(dir, mode)
	if err != unix.EEXIST {
		return err
	}
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return unix.ENOTDIR
	}
	return nil
}
