package execline

import (
	"errors"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

// takeBlock takes the n-th block off inv.Args; what names it in messages.
func takeBlock(inv *applet.Invocation, n int, what string) (block []string, err error) {
	if n > 1 && len(inv.Args) == 0 {
		return nil, applet.Fatal(applet.ExitUsage, "%s block required", what)
	}
	block, inv.Args, err = chain.NamedBlock(inv, inv.Args, n, what)
	return block, err
}

// fullBlock takes the first block off inv.Args, which must not be empty.
func fullBlock(inv *applet.Invocation) (block []string, err error) {
	block, err = takeBlock(inv, 1, "")
	if err == nil && len(block) == 0 {
		err = applet.Fatal(applet.ExitUsage, "empty block")
	}
	return block, err
}

// condition runs argv as a child and tells whether it exited 0. A child killed by a signal ends the command
// with 128 plus the signal, unless crashes count as false. See the pages of if and ifelse.
func condition(inv *applet.Invocation, argv []string, crashIsFalse bool) (proc.Status, error) {
	status, err := chain.RunBlock(inv, argv)
	if err != nil {
		return 0, err
	}
	if sig := status.Signal(); sig != 0 && !crashIsFalse {
		return 0, applet.Fatal(status.Approx(), "child crashed with signal %d", sig)
	}
	return status, nil
}

// instruction runs argv as a child and sets `?` to its exit code, or 256 plus the signal that killed it.
// One that can't be executed is a warning and 126 or 127. See the page of foreground.
func instruction(inv *applet.Invocation, argv []string) error {
	status, err := chain.RunBlock(inv, argv)
	code := status.Code()
	if err != nil {
		var e *applet.Error
		if !errors.As(err, &e) || e.Err == unix.ECHILD { // it has run, nobody knows how
			return err
		}
		inv.Warn("%s", e.Msg)
		code = proc.ExecCode(e.Err)
	}
	setNumber(inv, "?", code)
	return nil
}

func setNumber(inv *applet.Invocation, name string, n int) {
	inv.Proc.Env = inv.Proc.Env.Set(name, strconv.Itoa(n))
}

// notABlock refuses a command line that was meant to be a block: its first word begins with the quoting
// space, and no program of that name exists.
func notABlock(inv *applet.Invocation, what string) error {
	name := inv.Args[0]
	if name == "" || name[0] != ' ' {
		return nil
	}
	if _, err := inv.Proc.LookPath(name); err == nil {
		return nil
	}
	return applet.Fatal(applet.ExitSystem, "unable to spawn %s: name begins with a space, are you trying to spawn a block as your %s?", name, what)
}
