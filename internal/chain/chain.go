// Package chain evaluates command lines of chain-loading commands: each of ours is a function call on a
// proc.State, and one execve or one child is left at the end.
package chain

import (
	"errors"
	"path"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// target is what the first word of a command line stands for.
type target struct {
	applet   *applet.Applet // nil: a program that isn't ours
	path     string         // file to execute, for ours as well
	noScript bool           // its first line was read, and names no interpreter
}

// call is argv as the target is to be called. This program needs the name of its command where its file
// doesn't tell.
func (to target) call(st *proc.State, argv []string) []string {
	called := st.Call(argv)
	if to.applet != nil && to.path == proc.Self() {
		return argv
	}
	return called
}

// along executes or starts the target, which name was found to be, or where that lacks its interpreter the
// next of that name along dirs.
func (to target) along(st *proc.State, dirs, name string, try func(path string) error) error {
	for path := to.path; ; {
		err := try(path)
		if err != unix.ENOENT {
			return err
		}
		next, nerr := st.LookPathIn(dirs, name, path)
		if nerr != nil {
			return err
		}
		path = next
	}
}

// resolveIn finds what name runs, along dirs: a command looks for the next program along the PATH it was given
// itself, even when it hands on another one. A word is ours only if the file it leads to is this very program; a
// program of the user's that comes first wins. A name that no directory holds is ours if there is an applet of
// that name.
func resolveIn(st *proc.State, dirs, name string) (target, error) {
	file, self, err := st.FindIn(dirs, name, "")
	if err != nil {
		if a := applet.Lookup(name); a != nil {
			return target{applet: a, path: proc.Self()}, nil
		}
		return target{}, err
	}
	if a := applet.Lookup(path.Base(name)); a != nil && self {
		return target{applet: a, path: file}, nil
	}
	return target{path: file}, nil
}

// cantExec reports that st could not execute name, which was looked for along dirs.
func cantExec(st *proc.State, dirs, name string, err error) error {
	if errors.Is(err, proc.ErrNeedProcess) {
		return err
	}
	failure := applet.SystemCode(proc.ExecCode(err), err, "exec %s", name)
	var e *applet.Error
	if errors.As(failure, &e) {
		e.Msg += hintFor(st, dirs, name, err)
	}
	return failure
}

// Exec runs argv in place of this process, of which st is the State. It returns the exit code to end with,
// having said why, when the command line ends in a command of ours or can't be run.
// An empty argv is exit code 0.
func Exec(st *proc.State, prog string, argv []string) int {
	return execIn(st, prog, argv, st.SearchPath())
}

// execIn is Exec with the directories where the first program is looked for.
func execIn(st *proc.State, prog string, argv []string, dirs string) int {
	caller := &applet.Invocation{Prog: prog, Proc: st}
	for len(argv) > 0 {
		to, err := resolveIn(st, dirs, argv[0])
		if err != nil {
			return caller.Report(cantExec(st, dirs, argv[0], err))
		}
		if to.applet == nil || (to.applet.Run != nil && !to.applet.Inline) {
			err := to.execute(st, dirs, argv, st.Exec)
			return caller.Report(cantExec(st, dirs, argv[0], err))
		}
		caller = applet.New(to.applet, st.Call(argv), st)
		dirs = st.SearchPath()
		var code int
		if argv, code = step(caller); code != 0 {
			return code
		}
	}
	return 0
}

// Main runs the applet a as this process was called.
func Main(st *proc.State, a *applet.Applet, argv []string) int {
	inv := applet.New(a, argv, st)
	dirs := st.SearchPath()
	rest, code := step(inv)
	if code != 0 || len(rest) == 0 {
		return code
	}
	return execIn(st, inv.Prog, rest, dirs)
}

func step(inv *applet.Invocation) (rest []string, code int) {
	var err error
	if inv.Stays() {
		proc.DefaultSignals()
	}
	if inv.Chain != nil {
		rest, err = inv.Chain(inv)
	} else {
		proc.DefaultWriteSignals()
		err = inv.Run(inv)
	}
	if err != nil {
		proc.DefaultWriteSignals()
	}
	return rest, inv.Report(err)
}

// Try executes argv, looked for along dirs, in place of the process of st, and returns why it could not. With
// a command of ours at its head it does nothing: ours is true, and going on with argv can't fail to execute.
func Try(st *proc.State, dirs string, argv []string) (ours bool, err error) {
	to, err := resolveIn(st, dirs, argv[0])
	if err != nil || to.applet != nil {
		return err == nil, err
	}
	return false, to.execute(st, dirs, argv, st.Exec)
}
