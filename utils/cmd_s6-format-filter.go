package utils

import (
	"bytes"
	"errors"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/lines"
)

var cmdS6FormatFilter = applet.Applet{
	Name:  "s6-format-filter",
	Usage: "format [ args... ]",
	Help: `Prints format for every line of stdin. In it stand

  %s        for the line
  %1 to %9  for the first to the ninth of args
  %0        for the name the command was called by
  %%        for %

Exit codes: 111 format has anything else behind a %, or reading or writing failed.

Example: s6-format-filter "%1: %s" kernel
`,
	Run: runFormatFilter,
}

func runFormatFilter(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	parts, err := compileFormat(inv.Args[0], append([]string{inv.Argv0}, inv.Args[1:]...))
	if err != nil {
		return applet.System(err, "compile format %s", inv.Args[0])
	}
	return lines.Filter(inv, func(out, line []byte) ([]byte, error) {
		text, newline := bytes.CutSuffix(line, []byte{'\n'})
		for i, part := range parts {
			if i > 0 {
				out = append(out, text...)
			}
			out = append(out, part...)
		}
		if newline {
			out = append(out, '\n')
		}
		return out, nil
	})
}

// compileFormat replaces all of a format but %s, and returns what stands between these.
func compileFormat(format string, args []string) (parts []string, err error) {
	var part strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			part.WriteByte(format[i])
			continue
		}
		i++
		if i == len(format) {
			return nil, errors.New("nothing follows the last %")
		}
		switch c := format[i]; {
		case c == '%':
			part.WriteByte('%')
		case c == 's':
			parts = append(parts, part.String())
			part.Reset()
		case '0' <= c && c <= '9' && int(c-'0') < len(args):
			part.WriteString(args[c-'0'])
		case '0' <= c && c <= '9':
			return nil, errors.New("no argument for %" + string(rune(c)))
		default:
			return nil, errors.New("unknown sequence %" + string(rune(c)))
		}
	}
	return append(parts, part.String()), nil
}
