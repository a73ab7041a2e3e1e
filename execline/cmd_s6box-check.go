package execline

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lint"
	"s6box/internal/applet"
	"s6box/internal/proc"
)

func init() {
	applet.Register(&applet.Applet{
		Name:  "s6box-check",
		Usage: "[ -P ] file...",
		Help: `s6box check FILE... reports what is surely wrong in execline scripts, a line each: FILE:LINE:COLUMN: what.
Blocks and strings without an end, commands that want a block and get none, options that a command does not have,
missing arguments, and variables that nothing defines in a script run with execlineb -P (or -S, -s).

  -P        scripts without a first line are run with execlineb -P; files named up and down are anyway

Exit codes: 0 nothing found, 1 something found, 100 wrong usage, 111 a file can't be read.

Example: s6box check /etc/s6-overlay/s6-rc.d/*/run
`,
		Run: runCheck,
	})
	applet.Register(&applet.Applet{
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
	})
}

func runCheck(inv *applet.Invocation) error {
	bare := false
	if err := inv.Getopt("P", func(opt byte, value string) error { bare = true; return nil }); err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	var out strings.Builder
	for _, file := range inv.Args {
		src, err := readSource(inv, file)
		if err != nil {
			return err
		}
		base := file[strings.LastIndexByte(file, '/')+1:]
		for _, f := range lint.Check(src, usageOf, bare || base == "up" || base == "down") {
			fmt.Fprintf(&out, "%s:%d:%d: %s\n", file, f.Line, f.Col, f.Msg)
		}
	}
	if _, err := inv.Proc.Stdout().Write([]byte(out.String())); err != nil {
		return applet.System(err, "write to stdout")
	}
	if out.Len() > 0 {
		return applet.Exit(1)
	}
	return nil
}

func usageOf(command string) string {
	if a := applet.Lookup(command); a != nil {
		return a.Usage
	}
	return ""
}

// readSource reads a script; - is standard input.
func readSource(inv *applet.Invocation, file string) ([]byte, error) {
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
