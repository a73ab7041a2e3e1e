package execline

import (
	"errors"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdTrap = applet.Applet{
	Name:  "trap",
	Usage: "[ -x ] { signal { prog... } signal { prog... } ... [ default { prog... } ] } prog...",
	Help: `Runs prog as a child and, for every signal that comes in meanwhile, the block behind its name (TERM, SIGTERM) or
number, or the one behind default. While that block still runs, the same signal again is ignored. Blocks
find the pid of prog in the variable ! and the number of the signal in SIGNAL.

  -x   send signals that have no block to prog, rather than let them do to trap what they do by default

Exit codes: prog's (128 for all from 128 on), or 128 plus the signal that killed it. 100 for a malformed block or an
unknown signal, and for CHLD, KILL and STOP, which can't be trapped; 111 when a program can't be executed.
SIGURG is trapped only by its own name.

Example: trap { HUP { importas -uS ! kill -USR1 ${!} } } server
`,
	Chain: runTrap,
	Waits: true,
}

// trap is a running trap command.
type trap struct {
	inv     *applet.Invocation
	blocks  map[unix.Signal][]string
	others  []string // the default block
	forward bool     // option -x
	handled []unix.Signal

	child    int
	handlers map[unix.Signal]int // pids of the blocks that run
}

func runTrap(inv *applet.Invocation) ([]string, error) {
	t := trap{inv: inv, blocks: make(map[unix.Signal][]string), handlers: make(map[unix.Signal]int)}
	if err := inv.Getopt("x", func(byte, string) error { t.forward = true; return nil }); err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if inv.Proc.Virtual() {
		return nil, proc.ErrNeedProcess // signals come to a process
	}
	directives, err := fullBlock(inv)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if err := t.read(directives); err != nil {
		return nil, err
	}
	if err := inv.Proc.HeedChildren(); err != nil {
		return nil, err
	}
	return nil, t.run(inv.Args)
}

// read reads the directives: a name and a block each.
func (t *trap) read(words []string) error {
	for n := 2; len(words) > 0; n++ {
		name := words[0]
		sig, err := named(name)
		if err != nil {
			return err
		}
		block, rest, err := chain.Block(t.inv, words[1:], n)
		if errors.Is(err, chain.ErrNoEnd) {
			return applet.Fatal(applet.ExitUsage, "unterminated internal block for directive %s", name)
		}
		if err == nil {
			err = t.set(name, sig, block)
		}
		if err != nil {
			return err
		}
		words = rest
	}
	for sig := unix.Signal(1); sig <= 64; sig++ {
		_, named := t.blocks[sig]
		if named || (t.others != nil || t.forward) && trappable(sig) && sig != unix.SIGURG {
			t.handled = append(t.handled, sig)
		}
	}
	return nil
}

// named returns the signal that a directive is for, 0 for the others.
func named(name string) (unix.Signal, error) {
	if strings.EqualFold(name, "default") {
		return 0, nil
	}
	sig, ok := sys.Signal(name)
	if !ok {
		return 0, applet.Fatal(applet.ExitUsage, "unrecognized directive: %s", name)
	}
	return sig, nil
}

func (t *trap) set(name string, sig unix.Signal, block []string) error {
	_, duplicate := t.blocks[sig]
	switch {
	case duplicate, sig == 0 && t.others != nil:
		return applet.Fatal(applet.ExitUsage, "duplicate directive: %s", name)
	case sig == 0:
		t.others = append([]string{}, block...)
		return nil
	case !trappable(sig):
		return applet.Fatal(applet.ExitUsage, "%s (%d) cannot be trapped", signalName(sig), sig)
	}
	t.blocks[sig] = block
	return nil
}

// trappable tells whether a program may handle sig. The runtimes of libraries keep 32 to 34 for themselves.
func trappable(sig unix.Signal) bool {
	return sig != unix.SIGKILL && sig != unix.SIGSTOP && sig != unix.SIGCHLD && (sig < 32 || sig > 34)
}

func signalName(sig unix.Signal) string {
	if name := unix.SignalName(sig); name != "" {
		return name
	}
	return "SIG???"
}

// run starts prog and handles signals until it ends.
func (t *trap) run(prog []string) error {
	signals := make(chan os.Signal, 256)
	for _, sig := range append(t.handled, unix.SIGCHLD) {
		signal.Notify(signals, sig)
	}
	pid, status, err := t.start(t.inv.Proc.Env, prog)
	if err != nil {
		return err
	}
	if pid == 0 {
		return applet.Exit(status.Approx())
	}
	t.child = pid
	for sig := range signals {
		if sig != unix.SIGCHLD {
			if err := t.handle(sig.(unix.Signal)); err != nil {
				return err
			}
			continue
		}
		status, ended, err := t.reap()
		if err != nil {
			return applet.System(err, "wait for %s", prog[0])
		}
		if ended {
			return applet.Exit(status.Approx())
		}
	}
	return nil
}

func (t *trap) start(env proc.Env, argv []string) (pid int, status proc.Status, err error) {
	st := t.inv.Proc.Clone()
	defer st.Release()
	st.Env = env
	st.KeepIgnored(t.handled)
	return chain.Start(st, argv)
}

// handle runs what belongs to sig.
func (t *trap) handle(sig unix.Signal) error {
	block, ok := t.blocks[sig]
	if !ok {
		block, ok = t.others, t.others != nil
	}
	switch {
	case !ok:
		unix.Kill(t.child, sig) // which may have ended just now
		return nil
	case t.handlers[sig] != 0:
		return nil
	}
	env := t.inv.Proc.Env.Set("!", strconv.Itoa(t.child)).Set("SIGNAL", strconv.Itoa(int(sig)))
	pid, _, err := t.start(env, block)
	t.handlers[sig] = pid
	return err
}

// reap takes note of the blocks that have ended, and tells whether prog has.
func (t *trap) reap() (status proc.Status, ended bool, err error) {
	for sig, pid := range t.handlers {
		if pid == 0 {
			continue
		}
		if _, ended, err := proc.Reap(pid); ended || err != nil {
			t.handlers[sig] = 0
		}
	}
	return proc.Reap(t.child)
}
