package utils

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Pause = applet.Applet{
	Name:  "s6-pause",
	Usage: "[ -t ] [ -h ] [ -a ] [ -q ] [ -b ] [ -i ] [ -p signal,signal... ]",
	Help: `Does nothing until a signal ends it.

  -t  ignore SIGTERM     -h  SIGHUP     -a  SIGALRM
  -q  ignore SIGQUIT     -b  SIGABRT    -i  SIGINT
  -p LIST  ignore these: numbers, separated by commas

Exit codes: 100 wrong usage.

Example: s6-pause -t -p 10,12
`,
	Run: runPause,
}

func runPause(inv *applet.Invocation) error {
	err := inv.Getopt("thaqbip:", func(opt byte, value string) error {
		if opt == 'p' {
			return ignoreListed(inv, value)
		}
		return inv.Proc.Ignore(pauseSignals[strings.IndexByte("thaqbi", opt)])
	})
	if err != nil {
		return err
	}
	for {
		unix.Pause()
	}
}

var pauseSignals = [...]unix.Signal{unix.SIGTERM, unix.SIGHUP, unix.SIGALRM, unix.SIGQUIT, unix.SIGABRT, unix.SIGINT}

// ignoreListed ignores the signals of a list. Numbers that are no signal's, or of one that can't be ignored, do
// nothing.
func ignoreListed(inv *applet.Invocation, list string) error {
	isSeparator := func(c rune) bool { return strings.ContainsRune(", \t", c) }
	if list == "" || isSeparator(rune(list[0])) {
		return inv.UsageError()
	}
	for _, word := range strings.FieldsFunc(list, isSeparator) {
		n, ok := applet.ParseUint(word)
		if !ok || n >= 1<<32 {
			return inv.UsageError()
		}
		if 1 <= n && n <= 64 {
			inv.Proc.Ignore(unix.Signal(n))
		}
	}
	return nil
}
