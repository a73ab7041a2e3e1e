package execline

import (
	"bytes"
	"io"

	"s6box/internal/applet"
)

var cmdWithstdinas = applet.Applet{
	Name:  "withstdinas",
	Usage: "[ -i | -I | -D default ] [ -N | -n ] [ -E | -e ] variable remainder...",
	Help: `Reads the whole standard input, puts it into variable and goes on with the remainder.

  -n          without the newline at the end, if any (default)
  -N          with it
  -E          substitute ${variable} in the remainder instead of setting it in the environment
  -e          don't (default)

If there is a null character in the input, the value is what comes before it, or
  -i          exit 1
  -I          go on without the variable
  -D DEFAULT  go on with DEFAULT as the value

Exit codes: 1 with -i, 100 for an impossible name, 111 when the standard input can't be read.

Example: pipeline { s6-hostname } withstdinas -E HOST s6-echo this is $HOST
`,
	Chain: runWithstdinas,
	Waits: true,
}

func runWithstdinas(inv *applet.Invocation) ([]string, error) {
	var onNul byte
	var fallback string
	var hasDefault, keep, auto bool
	err := inv.Getopt("iID:NnEe", func(opt byte, value string) error {
		switch opt {
		case 'i', 'I':
			onNul = opt
		case 'D':
			hasDefault, fallback = true, value
		case 'N', 'n':
			keep = opt == 'N'
		case 'E', 'e':
			auto = opt == 'E'
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	name, rest := inv.Args[0], inv.Args[1:]
	if err := checkName(name); err != nil {
		return nil, err
	}
	input, err := io.ReadAll(inv.Proc.Stdin())
	if err != nil {
		return nil, applet.System(err, "read standard input")
	}
	if !keep {
		input = bytes.TrimSuffix(input, []byte("\n"))
	}
	text, _, hasNul := bytes.Cut(input, []byte{0})
	env := inv.Proc.Env
	switch {
	case !hasNul:
		env = env.Set(name, string(text))
	case onNul == 'i':
		return nil, applet.Fatal(1, "stdin contained a null character")
	case onNul == 'I':
		env = env.Unset(name)
	case hasDefault:
		inv.Warn("stdin contained a null character - using default instead")
		env = env.Set(name, fallback)
	default:
		env = env.Set(name, string(text))
	}
	inv.Proc.Env = env
	if auto {
		return autoImport(inv, rest, name)
	}
	return rest, nil
}
