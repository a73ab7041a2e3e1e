package rc

import (
	"errors"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/rc/compile"
	"s6box/rc/source"
)

var cmdS6RcCompile = applet.Applet{
	Name:  "s6-rc-compile",
	Usage: "[ -v verbosity ] [ -h fdholder_user ] [ -b ] destdir sources...",
	Help: `Compiles the service definitions in the source directories into a service database in destdir, which must
not exist yet. Everything that is wrong with the definitions is reported, then nothing is written.

  -v N      verbosity: 0 errors, 1 warnings (default), 2 what it does, 3 every service
  -h USER   the fd-holder, which keeps the pipes of pipelines, runs as USER
  -b        oneshots wait for a locked database instead of failing

Exit codes: 0 done, 1 an error in the sources, 100 wrong usage, 111 a system call failed, or a file of a definition is
not there or can't be read.

Example: s6-rc-compile /etc/s6-rc/compiled-2 /etc/s6-rc/source
`,
	Run: runCompile,
}

func runCompile(inv *applet.Invocation) error {
	verbosity := uint64(1)
	var opt compile.Options
	err := inv.Gol(
		applet.Option{Short: 'v', Long: "verbosity", Value: true, Set: applet.Number("verbosity", &verbosity)},
		applet.Option{Short: 'h', Long: "fdholder-user", Value: true, Set: applet.String(&opt.User)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&opt.Wait)})
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	dest := inv.Args[0]
	if st := (unix.Stat_t{}); unix.Lstat(dest, &st) == nil {
		return applet.System(unix.EEXIST, "mkdir %s", dest)
	}
	opt.Bindir = bindir(inv)
	opt.Progress = func(level int, text string) {
		if verbosity >= uint64(level) {
			inv.Info("%s", text)
		}
	}
	result, err := compileTrees(inv, inv.Args[1:], opt, verbosity)
	if err != nil {
		return err
	}
	opt.Progress(2, "writing compiled information to "+dest)
	for _, part := range []string{"n", "resolve.cdb", "db", "servicedirs"} {
		opt.Progress(3, "writing "+dest+"/"+part)
	}
	err = result.Write(dest)
	var e *compile.Error
	if errors.As(err, &e) {
		return applet.System(e.Err, "%s", e.What)
	}
	return err
}

// compileTrees compiles source directories and reports their problems. Its error is the last word when there
// is no database.
func compileTrees(inv *applet.Invocation, dirs []string, opt compile.Options, verbosity uint64) (*compile.Result, error) {
	tree := source.Read(dirs, opt.Progress)
	result := compile.Compile(tree.Definitions, opt)
	failed := report(inv, append(tree.Problems, result.Problems...), verbosity)
	if failed != nil {
		return nil, failed
	}
	return result, nil
}

// report prints problems as messages, each on its line. The error holds the exit code: 111 if all that is wrong is
// that files can't be read, else 1.
func report(inv *applet.Invocation, problems []source.Problem, verbosity uint64) error {
	var errs int
	code := 0
	for _, p := range problems {
		level := "fatal"
		switch p.Severity {
		case source.Notice:
			level = "info"
		case source.Warning:
			level = "warning"
		case source.Fatal:
			code = 1
			errs++
		case source.System:
			if code == 0 {
				code = applet.ExitSystem
			}
			errs++
		}
		if verbosity > 0 || p.Severity >= source.Fatal {
			applet.Say(inv.Proc.Stderr(), inv.Prog, level, p.String())
		}
	}
	if errs > 1 && verbosity > 0 {
		inv.Info("%s errors; nothing was written", strconv.Itoa(errs))
	}
	return applet.Exit(code)
}

// bindir is the directory generated scripts find commands in: the one this command was started from, if it
// holds the others, else the one PATH leads to.
func bindir(inv *applet.Invocation) string {
	if dir := dirOf(proc.ExecFile()); dir != "" && dir[0] == '/' {
		if ok, _ := sys.Exists(sys.AT, dir+"/s6-rc-oneshot-run"); ok {
			return dir
		}
	}
	if path, err := inv.Proc.LookPath("s6-rc-oneshot-run"); err == nil && path[0] == '/' {
		return dirOf(path)
	}
	return "/command"
}

// dirOf is the part of a path before its last slash; "" if there is none.
func dirOf(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[:i]
		}
	}
	return ""
}
