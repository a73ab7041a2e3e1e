package execline

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdS6boxFmt = applet.Applet{
	Name:  "s6box-fmt",
	Usage: "[ -w | -l ] file...",
	Help: `s6box fmt FILE... prints execline scripts, laid out: two spaces a block, one between words, at most one empty line.
Line breaks, comments and the spelling of words stay. A file named - is standard input.

  -w        rewrite the files instead
  -l        instead, list the files whose layout differs and exit 1 if there are any

Exit codes: 0, 1 as -l says or a script that can't be parsed, 100 wrong usage, 111 a file can't be read or written.

Example: s6box fmt -w run
`,
	Run: runFmt,
}

// ReadScript reads a script; - is standard input.
func ReadScript(inv *applet.Invocation, file string) ([]byte, error) {
	fd := int(inv.Proc.Stdin())
	if file != "-" {
		var err error
		if fd, err = inv.Proc.Open(file, unix.O_RDONLY, 0); err != nil {
			return nil, applet.System(err, "open %s", file)
		}
		defer unix.Close(fd)
	}
	src, err := readAll(proc.FD(fd))
	if err != nil {
		return nil, applet.System(err, "read from %s", file)
	}
	return src, nil
}
