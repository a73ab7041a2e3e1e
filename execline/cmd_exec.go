package execline

import "s6box/internal/applet"

func init() {
	applet.Register(&applet.Applet{
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
	})
}

func runExec(inv *applet.Invocation) ([]string, error) {
	var clear, login, named bool
	var name string
	err := inv.Getopt("cla:", func(opt byte, value string) error {
		switch opt {
		case 'c':
			clear = true
		case 'l':
			login = true
		case 'a':
			named, name = true, value
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if clear {
		inv.Proc.Env = nil
	}
	if !named {
		name = inv.Args[0]
	}
	if login {
		name = "-" + name
	}
	if named || login {
		inv.Proc.CallNext(name)
	}
	return inv.Args, nil
}
