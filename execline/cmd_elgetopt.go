package execline

import (
	"slices"
	"strings"

	"s6box/internal/applet"
)

var cmdElgetopt = applet.Applet{
	Name:  "elgetopt",
	Usage: "[ -D default ] optstring prog...",
	Help: `Takes the options off the positional parameters, as getopt does, and sets ELGETOPT_c for every option -c it
finds: to the option's argument, or to 1. What ELGETOPT_ variables there were is pushed; emptyenv -o brings
it back. Then executes prog...

  -D VALUE  the value for options without an argument

Exit codes: 1 an option not in optstring or without its argument; 100 wrong usage or no valid parameters in
the environment; else prog's.

Example: elgetopt vo: elgetpositionals importas -D "" OUT ELGETOPT_o compile -o ${OUT} ${@}
`,
	Chain: runElgetopt,
}

func runElgetopt(inv *applet.Invocation) ([]string, error) {
	fallback := "1"
	err := inv.Getopt("D:", func(opt byte, value string) error { fallback = value; return nil })
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	zero, args, err := frame(inv)
	if err != nil {
		return nil, err
	}
	env := pushFrame(inv.Proc.Env, isOption)
	rest, err := scanOptions(inv.Args[0], args, func(opt byte, value string, has bool) {
		if !has {
			value = fallback
		}
		env = env.Set("ELGETOPT_"+string(rune(opt)), value)
	})
	if err != nil {
		// The script's user reads the script's name, as with any program that takes options.
		inv.Proc.Stderr().Write([]byte(zero + ": " + err.Error() + "\n"))
		return nil, applet.Exit(1)
	}
	inv.Proc.Env = env.Merge(slices.Concat(numbered(rest), beyond(rest, len(args)), []string{sharp(rest)}))
	return inv.Args[1:], nil
}

// optionError is a word of the command line that is no valid option.
type optionError struct {
	what   string
	option byte
}

func (e *optionError) Error() string { return e.what + " -- " + string(rune(e.option)) }

// scanOptions reads the options of spec in front of args and returns the other words. Values of options that
// take none are "" with has false.
func scanOptions(spec string, args []string, set func(opt byte, value string, has bool)) (rest []string, err error) {
	spec = strings.TrimPrefix(spec, "+")
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		for i := 1; i < len(word); i++ {
			at := strings.IndexByte(spec, word[i])
			if at < 0 || word[i] == ':' || word[i] == '?' {
				return nil, &optionError{"illegal option", word[i]}
			}
			if at+1 == len(spec) || spec[at+1] != ':' {
				set(word[i], "", false)
				continue
			}
			value := word[i+1:]
			if value == "" {
				if len(args) == 0 {
					return nil, &optionError{"option requires an argument", word[i]}
				}
				value, args = args[0], args[1:]
			}
			set(word[i], value, true)
			break
		}
	}
	return args, nil
}
