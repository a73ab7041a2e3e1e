package execline

import "s6box/internal/applet"

var cmdGetcwd = applet.Applet{
	Name:  "getcwd",
	Usage: "[ -E | -e ] variable prog...",
	Help: `Sets the environment variable to the absolute path of the working directory and executes prog...

  -E        put it into prog... as ${variable} instead (-e: don't, the default)

Exit codes: 100 wrong usage, 111 there is no such path, else prog's.

Example: getcwd -E DIR s6-echo in ${DIR}
`,
	Chain: runGetcwd,
}

var cmdGetpid = applet.Applet{
	Name:  "getpid",
	Usage: "[ -E | -e ] [ -P | -p ] variable prog...",
	Help: `Sets the environment variable to the process id and executes prog...

  -P        the process id of the parent (-p: this process's, the default)
  -E        put it into prog... as ${variable} instead (-e: don't, the default)

Exit codes: 100 wrong usage, else prog's.

Example: getpid -E PID redirfd -w 1 /run/app.pid s6-echo ${PID}
`,
	Chain: runGetpid,
}

func runGetcwd(inv *applet.Invocation) ([]string, error) {
	imports := false
	err := inv.Getopt("eE", func(opt byte, value string) error { imports = opt == 'E'; return nil })
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	if err := checkName(inv.Args[0]); err != nil {
		return nil, err
	}
	dir, err := inv.Proc.Getwd()
	if err != nil {
		return nil, applet.System(err, "getcwd")
	}
	name, prog := inv.Args[0], inv.Args[1:]
	inv.Proc.Env = inv.Proc.Env.Set(name, dir)
	if !imports {
		return prog, nil
	}
	return autoImport(inv, prog, name)
}

func runGetpid(inv *applet.Invocation) ([]string, error) {
	var imports, parent bool
	err := inv.Getopt("eEpP", func(opt byte, value string) error {
		switch opt {
		case 'e', 'E':
			imports = opt == 'E'
		case 'p', 'P':
			parent = opt == 'P'
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	name, prog := inv.Args[0], inv.Args[1:]
	if err := checkName(name); err != nil {
		return nil, err
	}
	get := inv.Proc.Pid
	if parent {
		get = inv.Proc.Ppid
	}
	pid, err := get()
	if err != nil {
		return nil, err
	}
	setNumber(inv, name, pid)
	if imports {
		return autoImport(inv, prog, name)
	}
	return prog, nil
}
