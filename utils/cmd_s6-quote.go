package utils

import (
	"s6box/internal/applet"
	"s6box/internal/lines"
	"s6box/internal/quoting"
)

const quoteOptions = `  -u        escape only, don't enclose
  -d DELIM  enclose in the first character of DELIM instead of double quotes; escape the others too
`

var cmdS6Quote = applet.Applet{
	Name:  "s6-quote",
	Usage: "[ -n ] [ -u ] [ -d delim ] string",
	Help: `Prints the string in double quotes, what is not printable ASCII in it escaped: s6-unquote and execlineb read it back.

  -n        no newline at the end
` + quoteOptions + `
Exit codes: 100 wrong usage, 111 a character can't be a quote or stdout can't be written.

Example: s6-quote -d "'" "it's"
`,
	Run: runQuote,
}

var cmdS6QuoteFilter = applet.Applet{
	Name:  "s6-quote-filter",
	Usage: "[ -u ] [ -d delim ]",
	Help: `Copies stdin to stdout, each line quoted as s6-quote does it.

` + quoteOptions + `
Exit codes: 100 wrong usage, 111 a character can't be a quote or reading or writing failed.

Example: ls | s6-quote-filter
`,
	Run: runQuoteFilter,
}

func runQuote(inv *applet.Invocation) error {
	opt, err := quoteOpts(inv, "nud:")
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if err := opt.check(); err != nil {
		return err
	}
	out, err := quoting.Append(nil, []byte(inv.Args[0]), opt.delims, opt.bare)
	if err != nil {
		return applet.System(err, "quote")
	}
	return print(inv, string(out)+opt.end)
}

func runQuoteFilter(inv *applet.Invocation) error {
	opt, err := quoteOpts(inv, "ud:")
	if err != nil {
		return err
	}
	if err := opt.check(); err != nil {
		return err
	}
	return lines.Filter(inv, func(out, line []byte) ([]byte, error) {
		text, newline := cutNewline(line)
		out, err := quoting.Append(out, text, opt.delims, opt.bare)
		if err != nil {
			return out, applet.System(err, "quote")
		}
		return append(out, newline...), nil
	})
}

type quoteOpt struct {
	bare   bool
	delims string
	end    string
}

func quoteOpts(inv *applet.Invocation, spec string) (o quoteOpt, err error) {
	o = quoteOpt{delims: `"`, end: "\n"}
	err = inv.Getopt(spec, func(opt byte, value string) error {
		switch opt {
		case 'n':
			o.end = ""
		case 'u':
			o.bare = true
		case 'd':
			o.delims = value
		}
		return nil
	})
	return o, err
}

// check wants a character to enclose lines in.
func (o *quoteOpt) check() error {
	if o.delims == "" && !o.bare {
		return applet.Fatal(applet.ExitUsage, "no character to quote with!")
	}
	return nil
}

// cutNewline parts a line from its newline, if it has one.
func cutNewline(line []byte) (text, newline []byte) {
	if n := len(line) - 1; n >= 0 && line[n] == '\n' {
		return line[:n], line[n:]
	}
	return line, nil
}
