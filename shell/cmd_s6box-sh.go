package shell

import (
	"s6box/internal/applet"
	"s6box/internal/proc"
)

// Commands are the shells. Their names stand for this one where the system has none: they are not listed and no
// link has them, so a shell of the image always comes first.
var Commands = []*applet.Applet{&sh, &bash, &ash, &dash, &hidden}

var (
	sh     = applet.Applet{Name: "sh", Usage: usage, Help: help, Chain: run, Waits: true, Hidden: true}
	bash   = applet.Applet{Name: "bash", Usage: usage, Help: help, Chain: run, Waits: true, Hidden: true}
	ash    = applet.Applet{Name: "ash", Usage: usage, Help: help, Chain: run, Waits: true, Hidden: true}
	dash   = applet.Applet{Name: "dash", Usage: usage, Help: help, Chain: run, Waits: true, Hidden: true}
	hidden = applet.Applet{Name: hiddenName, Usage: usage, Help: help, Chain: run, Hidden: true}
)

const usage = "[ -abefhkmnptuvxBCEHPT ] [ -o option ] [ -O shopt ] [ -c command [ name ] | -s | file ] [ args... ]"

const help = `A shell that runs scripts in the flavour of bash, for images without one. The commands sh, bash, ash and dash mean
it where PATH has no such program; s6box-sh always does. All names but bash start in POSIX mode.

Exit codes: that of the last command; 127 a command or script is not there, 126 it can't be run, 128 plus the number of the
signal that ended a command, 2 a syntax error or wrong usage of a builtin.

Example: s6box bash -c 'for i in {1..3}; do echo $i; done'
`

func run(inv *applet.Invocation) ([]string, error) {
	if inv.Proc.Virtual() {
		return nil, proc.ErrNeedProcess
	}
	return nil, applet.Exit(Main(inv.Proc, inv.Argv0, inv.Args))
}
