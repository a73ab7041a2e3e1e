package execline

import (
	"bytes"
	"errors"

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

// rewrite replaces a regular file, keeping its mode and its owner. A link is not replaced: it is an error.
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
	return sys.Rewrite(sys.AT, path, func(temp string) error {
		return sys.CreateWith(sys.AT, temp, text, 0o600, func(fd int) error { return sys.CopyOwner(fd, &st) })
	})
}
