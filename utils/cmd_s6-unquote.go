package utils

import (
	"errors"

	"s6box/internal/applet"
	"s6box/internal/lines"
	"s6box/internal/quoting"
)

const delimsOption = "  -d DELIM  the characters that may enclose a string (the double quote); if empty, strings are not enclosed\n"

var cmdS6Unquote = applet.Applet{
	Name:  "s6-unquote",
	Usage: "[ -n ] [ -d delim ] string",
	Help: `Prints what a string quoted by s6-quote stands for.

  -n        no newline at the end
` + delimsOption + `
Exit codes: 100 wrong usage or no quoted string, 111 stdout can't be written.

Example: s6-unquote '"two\nlines"'
`,
	Run: runUnquote,
}

var cmdS6UnquoteFilter = applet.Applet{
	Name:  "s6-unquote-filter",
	Usage: "[ -q | -Q | -v | -w ] [ -d delim ]",
	Help: `Copies stdin to stdout, each line unquoted. What is no quoted string is copied as it is.

  -q        say nothing about such lines
  -Q        warn of them (default)
  -v        warn of them and of what follows an ending quote, with the line
  -w        the first such line is fatal
` + delimsOption + `
Exit codes: 100 wrong usage, or with -w a line that is no quoted string; 111 reading or writing failed.

Example: s6-unquote-filter <names
`,
	Run: runUnquoteFilter,
}

func runUnquote(inv *applet.Invocation) error {
	delims, end := `"`, "\n"
	err := inv.Getopt("nd:", func(opt byte, value string) error {
		if opt == 'n' {
			end = ""
		} else {
			delims = value
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	text := []byte(inv.Args[0])
	plain, at, err := quoting.Unquote(text, delims)
	var bad *quoting.EscapeError
	switch {
	case err == quoting.ErrEmpty:
		return applet.Fatal(applet.ExitUsage, "the empty string isn't a quoted string")
	case errors.As(err, &bad):
		return applet.SystemCode(applet.ExitUsage, err, "unquote at character %d", bad.At)
	case err != nil:
		return applet.Fatal(applet.ExitUsage, "%v", err)
	case at+1 < len(text):
		inv.Warn("found ending quote character at position %d/%d; ignoring remainder", at, len(text)-1)
	}
	return print(inv, string(plain)+end)
}

func runUnquoteFilter(inv *applet.Invocation) error {
	delims, strict := `"`, byte('Q')
	err := inv.Getopt("qQvwd:", func(opt byte, value string) error {
		if opt == 'd' {
			delims = value
		} else {
			strict = opt
		}
		return nil
	})
	if err != nil {
		return err
	}
	return lines.Filter(inv, func(out, line []byte) ([]byte, error) {
		text, newline := cutNewline(line)
		plain, at, err := quoting.Unquote(text, delims)
		if err == nil {
			if at+1 < len(text) && (strict == 'v' || strict == 'w') {
				inv.Warn("found ending quote character at position %d/%d, ignoring remainder of line: %s", at, len(text)-1, text)
			}
			return append(append(out, plain...), newline...), nil
		}
		switch strict {
		case 'w':
			return out, applet.Fatal(applet.ExitUsage, "%s", complaint(err, nil))
		case 'Q':
			inv.Warn("%s", complaint(err, nil))
		case 'v':
			inv.Warn("%s", complaint(err, text))
		}
		return append(out, line...), nil
	})
}

// complaint words why a line can't be unquoted, with the line itself if there is one.
func complaint(err error, line []byte) string {
	in, at := "", ""
	if line != nil {
		in, at = " in line: "+string(line), " line: "+string(line)
	}
	switch err {
	case quoting.ErrEmpty:
		return "empty line"
	case quoting.ErrNoStart:
		return err.Error() + in
	case quoting.ErrNoEnd:
		return "unable to unquote: " + err.Error() + in
	}
	return "unable to unquote" + at + ": " + applet.Reason(err)
}
