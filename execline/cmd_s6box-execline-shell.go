package execline

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdS6boxExeclineShell = applet.Applet{
	Name:  "s6box-execline-shell",
	Usage: "[ -i ] [ -c line ] [ args... ]",
	Help: `s6box execline-shell is a shell for SHELL: it executes ${HOME}/.execline-shell with args or, where there is none,
/bin/sh; where there is no /bin/sh either, it is an interactive loop of its own. The loop runs each line of its
standard input as an execline script; a line that leaves a block or a string open goes on with the next.
cd, umask, export and unexport without a program change the shell itself; exit leaves it; ? is the last exit code.

  -i        be the loop, whatever else there is
  -c LINE   run this line, and no other

Exit codes: those of what is executed; the loop's is that of the last line, 128 plus a signal, or exit's.

Example: s6box execline-shell -i
`,
	Chain: runShell,
	Waits: true,
}

func runShell(inv *applet.Invocation) ([]string, error) {
	loop, line, given := false, "", false
	args := inv.Args
	err := inv.Getopt("ic:", func(opt byte, value string) error {
		if opt == 'i' {
			loop = true
		} else {
			line, given = value, true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !loop {
		if home, ok := inv.Proc.Env.Get("HOME"); ok && canRun(inv.Proc, home+"/.execline-shell") {
			return append([]string{home + "/.execline-shell"}, args...), nil
		}
		if canRun(inv.Proc, "/bin/sh") {
			return append([]string{"/bin/sh"}, args...), nil
		}
	}
	sh := &lineShell{inv: inv}
	if given {
		sh.run([]byte(line))
		return nil, applet.Exit(sh.code)
	}
	return nil, sh.loop()
}

func canRun(st *proc.State, file string) bool {
	path, err := st.Path(file)
	return err == nil && unix.Faccessat(unix.AT_FDCWD, path, unix.X_OK, unix.AT_EACCESS) == nil
}

// lineShell is the interactive loop.
type lineShell struct {
	inv  *applet.Invocation
	code int
	left bool
}

// loop runs lines to the end of standard input. An interrupt is for the program that runs, not for the shell.
func (sh *lineShell) loop() error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGINT)
	defer signal.Stop(signals)
	prompts := sys.IsTerminal(int(sh.inv.Proc.Stdin()))
	var text []byte
	for !sh.left {
		if prompts {
			sh.prompt(len(text) > 0)
		}
		line, err := readLine(sh.inv.Proc.Stdin())
		if err != nil && err != io.EOF {
			return applet.System(err, "read from stdin")
		}
		open := len(text) > 0 && !strings.ContainsAny(line, "}\"") // nothing else closes a block or a string
		text = append(text, line...)
		if err == io.EOF || !open && !isOpen(text) {
			sh.run(text)
			text = text[:0]
		}
		if err == io.EOF {
			break
		}
	}
	return applet.Exit(sh.code)
}

func (sh *lineShell) prompt(again bool) {
	text := "execline> "
	if again {
		text = "> "
	}
	sh.inv.Proc.Stderr().Write([]byte(text))
}

// readLine reads up to a newline and not a byte more: what follows may be for the program of the line.
func readLine(fd proc.FD) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		if _, err := fd.Read(one); err != nil {
			return string(line), err
		}
		line = append(line, one[0])
		if one[0] == '\n' {
			return string(line), nil
		}
	}
}

// isOpen tells whether a script lacks the end of a block or a string.
func isOpen(text []byte) bool {
	_, err := lex.Parse(text)
	var bad *lex.Error
	return errors.As(err, &bad) && bad.Open
}

// run runs one script.
func (sh *lineShell) run(text []byte) {
	argv, err := lex.Parse(text)
	switch {
	case err != nil:
		sh.inv.Warn("%v", err)
		sh.code = applet.ExitUsage
	case len(argv) == 0:
	case argv[0] == "exit":
		sh.left = true
		sh.code = sh.inv.Report(runExit(applet.New(applet.Lookup("exit"), argv, sh.inv.Proc)))
	case changesShell(argv):
		a := applet.Lookup(argv[0])
		inv := applet.New(a, append(argv, "s6-true"), sh.inv.Proc)
		_, err := a.Chain(inv)
		sh.code = inv.Report(err)
	default:
		sh.start(argv)
	}
}

// changesShell tells whether a line is a command that changes a process and has nothing to execute.
func changesShell(argv []string) bool {
	switch argv[0] {
	case "cd", "umask", "unexport":
		return len(argv) == 2
	case "export":
		return len(argv) == 3
	}
	return false
}

func (sh *lineShell) start(argv []string) {
	if err := instruction(sh.inv, argv); err != nil {
		sh.code = sh.inv.Report(err)
		return
	}
	code, _ := sh.inv.Proc.Env.Get("?")
	n, _ := applet.ParseUint(code)
	if n > 255 {
		n -= 128 // 256 and the signal
	}
	sh.code = int(n)
}
