package execline

import (
	"bytes"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

var cmdBacktick = applet.Applet{
	Name:  "backtick",
	Usage: "[ -i | -I | -x | -D default ] [ -N | -n ] [ -E | -e ] variable { block } remainder...",
	Help: `Runs block, puts what it writes to its standard output into variable, and goes on with the remainder.

  -n           without the newline at the end, if any (default)
  -N           with it
  -E           substitute ${variable} and $? in the remainder instead of setting them in the environment
  -e           don't (default)

What to do when block fails, or writes a null character:
  -i           exit (default): with block's code, 128 plus the signal that killed it, or 124 for the null
               character
  -I           go on with what it wrote, up to the first null character
  -x           go on without the variable
  -D DEFAULT   go on with DEFAULT as the value
With -I, -x and -D, the variable ? is set to block's exit code, or to 256 plus the signal that killed it.

Other exit codes: 100 for an empty block or remainder or an impossible name, 111 when block's program can't be
executed.

Example: backtick -E HOST { s6-hostname } s6-echo this is $HOST
`,
	Chain: runBacktick,
	Waits: true,
}

// backtick are the options: what to do with an output that won't do.
type backtick struct {
	onFailure byte // 'i', 'I', 'x' or 'D'
	value     string
	keep      bool // the newline at the end
	auto      bool
}

func runBacktick(inv *applet.Invocation) ([]string, error) {
	b := backtick{onFailure: 'i'}
	if err := inv.Getopt("iIxD:NnEe", b.set); err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	name := inv.Args[0]
	inv.Args = inv.Args[1:]
	if err := checkName(name); err != nil {
		return nil, err
	}
	block, err := fullBlock(inv)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, applet.Fatal(applet.ExitUsage, "the command line after the block must not be empty")
	}
	out, status, err := chain.Capture(inv.Proc.Clone(), block)
	if err != nil {
		return nil, err
	}
	value, set, err := b.judge(inv, out, status)
	if err != nil {
		return nil, err
	}
	return b.store(inv, name, value, set, status)
}

func (b *backtick) set(opt byte, value string) error {
	switch opt {
	case 'N':
		b.keep = true
	case 'n':
		b.keep = false
	case 'E':
		b.auto = true
	case 'e':
		b.auto = false
	default:
		b.onFailure, b.value = opt, value
	}
	return nil
}

// judge returns the value the variable gets, and whether it gets one at all.
func (b *backtick) judge(inv *applet.Invocation, out []byte, status proc.Status) (value string, set bool, err error) {
	text, _, hasNul := bytes.Cut(out, []byte{0})
	value = string(text)
	if !b.keep {
		value = strings.TrimSuffix(value, "\n")
	}
	if status.OK() && !hasNul {
		return value, true, nil
	}
	switch b.onFailure {
	case 'I':
		return value, true, nil
	case 'i':
		return "", false, failure(status)
	}
	if hasNul && status.OK() {
		inv.Warn("child process output contained a null character")
	}
	return b.value, b.onFailure == 'D', nil
}

func failure(status proc.Status) error {
	switch {
	case status.Signal() != 0:
		return applet.Fatal(status.Approx(), "child process crashed with signal %d", status.Signal())
	case !status.OK():
		return applet.Fatal(status.Approx(), "child process exited non-zero")
	default:
		return applet.Fatal(124, "child process output contained a null character")
	}
}

// store puts the outcome into the environment or, with -E, into the remainder.
func (b *backtick) store(inv *applet.Invocation, name, value string, set bool, status proc.Status) ([]string, error) {
	env := &inv.Proc.Env
	var names []string
	if set {
		*env = env.Set(name, value)
		names = append(names, name)
	} else {
		*env = env.Unset(name)
	}
	if b.onFailure != 'i' {
		setNumber(inv, "?", status.Code())
		names = append(names, "?")
	}
	if !b.auto || len(names) == 0 {
		return inv.Args, nil
	}
	return autoImport(inv, inv.Args, names...)
}
