package execline

import (
	"bytes"
	"errors"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
	"s6box/execline/lint"
	"s6box/internal/applet"
	"s6box/internal/sys"
)

// runFmt is s6box fmt. A script that can't be parsed doesn't keep it from the others.
func runFmt(inv *applet.Invocation) error {
	var mode byte
	if err := inv.Getopt("wl", func(opt byte, value string) error { mode = opt; return nil }); err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	code := 0
	for _, file := range inv.Args {
		src, err := ReadScript(inv, file)
		if err != nil {
			return err
		}
		text, err := lint.Format(src)
		if err != nil {
			inv.Warn("%s", cantFormat(file, err))
			code = 1
			continue
		}
		differs := !bytes.Equal(src, text)
		switch {
		case mode == 'l' && differs:
			code = 1
			text = []byte(file + "\n")
			fallthrough
		case mode == 0:
			if _, err := inv.Proc.Stdout().Write(text); err != nil {
				return applet.System(err, "write to stdout")
			}
		case mode == 'w' && differs && file != "-":
			if err := rewrite(inv, file, text); err != nil {
				return applet.System(err, "rewrite %s", file)
			}
		}
	}
	return applet.Exit(code)
}

func cantFormat(file string, err error) string {
	var bad *lex.Error
	if errors.As(err, &bad) {
		return bad.In(file)
	}
	return file + ": " + err.Error()
}

// rewrite replaces a regular file, keeping its mode. A link is not replaced: it is an error.
func rewrite(inv *applet.Invocation, file string, text []byte) error {
	path, err := inv.Proc.Path(file)
	if err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return errors.New("it is not a regular file")
	}
	dir, name := ".", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, name = path[:i+1], path[i+1:]
	}
	fd, err := sys.Open(unix.AT_FDCWD, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	mode := st.Mode & 0o7777
	if err := sys.ReplaceFile(fd, name, text, mode); err != nil {
		return err
	}
	return unix.Fchmodat(fd, name, mode, 0) // whatever the umask took away
}
