package privilege

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Setsid = applet.Applet{
	Name:  "s6-setsid",
	Usage: "[ -s | -b | -f | -g ] [ -i | -I | -q ] [ -d ctty ] prog...",
	Help: `Runs prog as the leader of a new session or process group.

  -s, --session                        a new session (default)
  -b, --background-process-group       a new process group of the same session
  -f, --foreground-process-group       the same, in the foreground of the terminal; from the background it
                                       is stopped until someone continues it
  -g, --foreground-process-group-grab  the same, taking the terminal by force
  -i, --strict                         exit 111 when that fails
  -I, --no-strict                      warn and go on (default)
  -q, --quiet                          go on without a word
  -d, --ctty=FD                        the terminal, instead of /dev/tty

Exit codes: 100 wrong usage, 111 as -i says, 126 or 127 prog can't be executed; else prog's.

Example: s6-setsid -b server
`,
	Chain: runSetsid,
}

// leader is what s6-setsid has to do.
type leader struct {
	kind   byte   // 's', 'b', 'f' or 'g'
	onFail byte   // 'i', 'I' or 'q'
	ctty   uint64 // descriptor of the terminal
	given  bool   // ctty is
}

func runSetsid(inv *applet.Invocation) ([]string, error) {
	l := leader{kind: 's', onFail: 'I'}
	set := func(p *byte, value byte) func(string) error {
		return func(string) error { *p = value; return nil }
	}
	err := inv.Gol(
		applet.Option{Short: 's', Long: "session", Set: set(&l.kind, 's')},
		applet.Option{Short: 'b', Long: "background-process-group", Set: set(&l.kind, 'b')},
		applet.Option{Short: 'f', Long: "foreground-process-group", Set: set(&l.kind, 'f')},
		applet.Option{Short: 'g', Long: "foreground-process-group-grab", Set: set(&l.kind, 'g')},
		applet.Option{Short: 'i', Long: "strict", Set: set(&l.onFail, 'i')},
		applet.Option{Short: 'I', Long: "no-strict", Set: set(&l.onFail, 'I')},
		applet.Option{Short: 'q', Long: "quiet", Set: set(&l.onFail, 'q')},
		applet.Option{Short: 'd', Long: "ctty", Value: true, Set: func(v string) error {
			l.given = true
			return inv.Uint(&l.ctty)(v)
		}},
	)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	return inv.Args, l.lead(inv)
}

func (l *leader) lead(inv *applet.Invocation) error {
	if l.kind == 's' {
		return l.check(inv, "setsid", inv.Proc.Setsid())
	}
	if err := inv.Proc.Own(); err != nil {
		return err
	}
	if l.kind != 'b' && !l.given {
		tty, err := sys.Open(sys.AT, "/dev/tty", unix.O_RDWR, 0)
		if err != nil {
			return applet.System(err, "open /dev/tty")
		}
		defer unix.Close(tty)
		l.ctty = uint64(tty)
	}
	if err := l.check(inv, "setpgid", inv.Proc.Setpgid()); err != nil || l.kind == 'b' {
		return err
	}
	return l.check(inv, "tcsetpgrp", inv.Proc.Foreground(int(l.ctty), l.kind == 'g'))
}

func (l *leader) check(inv *applet.Invocation, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case l.onFail == 'i':
		return applet.System(err, "%s", what)
	case l.onFail == 'I':
		inv.Warn("unable to %s: %s", what, applet.Reason(err))
	}
	return nil
}
