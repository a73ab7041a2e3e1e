package utils

import (
	"bytes"

	"s6box/internal/applet"
	"s6box/internal/lines"
	"s6box/internal/proc"
)

var cmdS6Cut = applet.Applet{
	Name:  "s6-cut",
	Usage: "[ -b list | -c list | -f list ] [ -d delim ] [ -n ] [ -s ] [ file... ]",
	Help: `Prints parts of every line of files, or of stdin, which is also meant by -.

  -b LIST   bytes; -c LIST is the same
  -f LIST   fields; a line without delimiter is printed whole
  -d DELIM  fields are separated by the first character of DELIM (a tab)
  -s        with -f, no lines without delimiter
  -n        nothing: characters are bytes

LIST holds numbers and ranges N-M, -M, N- or -, separated by commas or blanks. The order of the output is that of the line.

Exit codes: 100 wrong usage, 111 a file can't be read.

Example: s6-cut -d : -f 1,3 /etc/passwd
`,
	Run: runCut,
}

func runCut(inv *applet.Invocation) error {
	c := cutter{delim: '\t'}
	var kind byte
	var list string
	err := inv.Getopt("b:c:f:d:ns", func(opt byte, value string) error {
		switch opt {
		case 'd':
			c.delim = (value + "\x00")[0]
		case 's':
			c.suppress = true
		case 'b', 'c', 'f':
			if kind != 0 || value == "" {
				return inv.UsageError()
			}
			kind, list = opt, value
		}
		return nil
	})
	if err != nil {
		return err
	}
	if kind == 0 {
		return inv.UsageError()
	}
	var ok bool
	if c.ranges, ok = cutList(list); !ok {
		return applet.Fatal(applet.ExitUsage, "invalid list argument: %s", list)
	}
	cut := c.bytes
	if kind == 'f' {
		cut = c.fields
	}
	if len(inv.Args) == 0 {
		return lines.Filter(inv, cut)
	}
	for _, name := range inv.Args {
		err := withInput(inv, name, func(in proc.FD) error { return lines.FilterFrom(inv, in, name, cut) })
		if err != nil {
			return err
		}
	}
	return nil
}

// cutter prints parts of lines.
type cutter struct {
	ranges   []cutRange
	delim    byte
	suppress bool
}

func (c *cutter) bytes(out, line []byte) ([]byte, error) {
	text, _ := bytes.CutSuffix(line, []byte{'\n'})
	for _, r := range c.ranges {
		if r.first >= uint64(len(text)) {
			break
		}
		out = append(out, text[r.first:min(r.end, uint64(len(text)))]...)
	}
	return append(out, line[len(text):]...), nil
}

func (c *cutter) fields(out, line []byte) ([]byte, error) {
	text, _ := bytes.CutSuffix(line, []byte{'\n'})
	if bytes.IndexByte(text, c.delim) < 0 {
		if c.suppress {
			return out, nil
		}
		return append(out, line...), nil
	}
	ending := line[len(text):]
	field := uint64(0) // the one that text begins with
	for i, r := range c.ranges {
		var found bool
		if _, text, found = c.skip(text, r.first-field); !found {
			break
		}
		if i > 0 {
			out = append(out, c.delim)
		}
		var part []byte
		part, text, found = c.skip(text, r.end-r.first)
		out = append(out, part...)
		if !found {
			break
		}
		field = r.end
	}
	return append(out, ending...), nil
}

// skip splits text behind its first n fields; without as many of them, or none behind them, found is false.
func (c *cutter) skip(text []byte, n uint64) (skipped, rest []byte, found bool) {
	if n == 0 {
		return nil, text, true
	}
	for at := 0; ; at++ {
		i := bytes.IndexByte(text[at:], c.delim)
		if i < 0 {
			return text, nil, false
		}
		at += i
		if n--; n == 0 {
			return text[:at], text[at+1:], true
		}
	}
}
