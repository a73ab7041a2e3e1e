package execline

import "s6box/internal/applet"

var cmdExec = applet.Applet{
	Name:  "exec",
	Usage: "[ -c ] [ -l ] [ -a argv0 ] prog...",
	Help: `Executes prog...

  -c        with an empty environment
  -a NAME   with NAME as its argv[0]
  -l        with a dash in front of its argv[0]

Exit codes: 100 wrong usage, else prog's.

Example: exec -a init /sbin/server
`,
	Chain: runExec,
}

// execOptions are how a program is executed.
type execOptions struct {
	clear, login, named bool
	name                string
}

func (o *execOptions) set(opt byte, value string) error {
	switch opt {
	case 'c':
		o.clear = true
	case 'l':
		o.login = true
	case 'a':
		o.named, o.name = true, value
	}
	return nil
}

// apply makes prog, which comes next, be executed so.
func (o *execOptions) apply(inv *applet.Invocation, prog []string) {
	if o.clear {
		inv.Proc.Env = nil
	}
	if len(prog) == 0 || !o.named && !o.login {
		return
	}
	name := prog[0]
	if o.named {
		name = o.name
	}
	if o.login {
		name = "-" + name
	}
	inv.Proc.CallNext(name)
}

func runExec(inv *applet.Invocation) ([]string, error) {
	var how execOptions
	if err := inv.Getopt("cla:", how.set); err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	how.apply(inv, inv.Args)
	return inv.Args, nil
}
