package utils

import (
	"io"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdS6Tail = applet.Applet{
	Name:  "s6-tail",
	Usage: "[ -c chars | -n lines | -1..9 ] [ file ]",
	Help: `Prints the end of a file, or of stdin: the last 10 lines. What follows the last newline is no line, and is not printed
when lines are counted from the end.

  -n LINES  that many lines; from line LINES on, to the end, if it starts with +
  -c CHARS  the same for bytes
  -1 … -9   like -n

Exit codes: 100 wrong usage, 111 the file can't be read or stdout can't be written.

Example: s6-tail -n +2 table.csv
`,
	Run: runTail,
}

func runTail(inv *applet.Invocation) error {
	t := tail{count: 10, lines: true}
	given := 0
	err := inv.Getopt("n:c:123456789", func(opt byte, value string) error {
		given++
		t.lines = opt != 'c'
		if opt != 'n' && opt != 'c' {
			value = string(opt)
		}
		var ok bool
		if t.count, t.fromStart, ok = parseTail(value); !ok {
			return inv.UsageError()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if given > 1 {
		return inv.UsageError()
	}
	if len(inv.Args) == 0 {
		return copyTail(inv, t, inv.Proc.Stdin(), "stdin")
	}
	name := inv.Args[0]
	fd, err := inv.Proc.Open(name, unix.O_RDONLY, 0)
	if err != nil {
		return applet.System(err, "open %s for reading", name)
	}
	defer unix.Close(fd)
	return copyTail(inv, t, proc.FD(fd), name)
}

// parseTail reads a number of 32 bits with an optional sign.
func parseTail(word string) (count uint64, fromStart, ok bool) {
	if word != "" && (word[0] == '+' || word[0] == '-') {
		fromStart = word[0] == '+'
		word = word[1:]
	}
	count, ok = applet.ParseUint(word)
	return count, fromStart, ok && count < 1<<32
}

func copyTail(inv *applet.Invocation, t tail, from proc.FD, name string) error {
	if t.fromStart && t.count > 0 {
		t.count-- // the first line or byte is number 1
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err := print(inv, string(t.feed(buf[:n]))); err != nil {
			return err
		}
		if err == io.EOF {
			return print(inv, string(t.end()))
		}
		if err != nil {
			return applet.System(err, "tail %s", name)
		}
	}
}
