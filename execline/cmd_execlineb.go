package execline

import (
	"s6box/execline/lex"
	"s6box/internal/applet"
)

var cmdExeclineb = applet.Applet{
	Name:  "execlineb",
	Usage: "[ -p | -P | -S nmin | -s nmin ] [ -q | -w | -W ] [ -e ] [ -c commandline ] script args",
	Help: `Reads a script and executes the one command line it is. Comments go from # to the end of the line, { } are
blocks, "..." quotes.

  -c SCRIPT  the script itself in place of a file
  -P         leave positional parameters alone; otherwise the old ones are pushed and # 0 1 ... set to the new
  -p         set them without pushing the old ones
  -S N       replace ${#} ${0} ${1} ... ${@} in the script, at least up to ${N}, and leave the environment alone
  -s N       the same, ${@} being what follows the first N arguments
  -q         unset EXECLINE_STRICT: badly quoted blocks pass
  -w         set it to 1: they are warned of
  -W         set it to 2: they are fatal, and so are too few arguments for -S and -s
  -e         ignored

A file whose lines all end in CR LF is read as if they ended in LF, with a warning.

Exit codes: 0 an empty script; 100 wrong usage or a syntax error; 111 the script can't be read; else the script's.

Example: #!/command/execlineb -S1
         s6-setuidgid www server --root ${1}
`,
	Chain: runExeclineb,
}

type execlineb struct {
	push, set, substitute, shift bool
	nmin                         uint64
	strict                       string // what -q -w -W set; "q" unsets
	script                       string
	command                      bool // script is the text itself
	zero                         string
}

func runExeclineb(inv *applet.Invocation) ([]string, error) {
	o := execlineb{push: true, set: true}
	dropCarriageReturn(inv)
	if err := o.options(inv); err != nil {
		return nil, err
	}
	src, err := o.source(inv)
	if err != nil {
		return nil, err
	}
	argv, err := o.parse(src)
	if err != nil || len(argv) == 0 {
		return nil, err
	}
	o.setStrict(inv)
	return o.parameters(inv, argv)
}

func (o *execlineb) options(inv *applet.Invocation) error {
	return inv.Getopt("pPqwWc:s:S:e", func(opt byte, value string) error {
		switch opt {
		case 'p':
			o.push, o.set, o.substitute = false, true, false
		case 'P':
			o.push, o.set, o.substitute = false, false, false
		case 'S', 's':
			o.push, o.set, o.substitute, o.shift = false, false, true, opt == 's'
			if n, ok := applet.ParseUint(value); ok && n < 1<<32 {
				o.nmin = n
				return nil
			}
			return inv.UsageError()
		case 'q':
			o.strict = "q"
		case 'w':
			o.strict = "1"
		case 'W':
			o.strict = "2"
		case 'c':
			o.script, o.command = value, true
		}
		return nil
	})
}

func (o *execlineb) setStrict(inv *applet.Invocation) {
	env := &inv.Proc.Env
	switch now, ok := env.Get(strictVar); {
	case o.strict == "q":
		*env = env.Unset(strictVar)
	case o.strict != "":
		*env = env.Set(strictVar, o.strict)
	case ok && !isUint32(now):
		inv.Warn("invalid %s value, unsetting it", strictVar)
		*env = env.Unset(strictVar)
	}
}

const strictVar = "EXECLINE_STRICT"

func isUint32(s string) bool {
	n, ok := applet.ParseUint(s)
	return ok && n < 1<<32
}

// parse reads the script into a command line.
func (o *execlineb) parse(src []byte) ([]string, error) {
	argv, err := lex.Parse(src)
	if bad, ok := err.(*lex.Error); ok {
		file := o.script
		if o.command {
			file = ""
		}
		return nil, applet.Fatal(applet.ExitUsage, "%s", bad.In(file))
	}
	return argv, err
}

// parameters puts the arguments into the environment or the command line.
func (o *execlineb) parameters(inv *applet.Invocation, argv []string) ([]string, error) {
	if o.push {
		inv.Proc.Env = pushFrame(inv.Proc.Env, isPositional)
	}
	if o.set {
		inv.Proc.Env = setFrame(inv.Proc.Env, o.zero, inv.Args)
	}
	if !o.substitute {
		return argv, nil
	}
	if err := o.tooFew(inv); err != nil {
		return nil, err
	}
	rest := inv.Args
	if o.shift {
		rest = rest[min(o.nmin, uint64(len(rest))):]
	}
	upTo, err := positionals(o.nmin)
	if err != nil {
		return nil, err
	}
	return applyVars(argv, positionalVars(o.zero, inv.Args, rest, upTo))
}

func (o *execlineb) tooFew(inv *applet.Invocation) error {
	if uint64(len(inv.Args)) >= o.nmin {
		return nil
	}
	strict, ok := inv.Proc.Env.Get(strictVar)
	level, _ := applet.ParseUint(strict)
	const text = "too few arguments: expecting at least %d but got %d"
	switch {
	case level >= 2:
		return applet.Fatal(applet.ExitUsage, text, o.nmin, len(inv.Args))
	case o.strict != "q" && (level == 1 || !ok):
		inv.Warn(text, o.nmin, len(inv.Args))
	}
	return nil
}
