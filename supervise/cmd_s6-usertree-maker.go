package supervise

import (
	"strings"

	"s6box/execline/lex"
	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdS6UsertreeMaker = applet.Applet{
	Name:  "s6-usertree-maker",
	Usage: "[ -d userscandir ] [ -p path ] [ -E envdir [ -e var ... ] ] [ -r service/logger[/pipeline] ] [ -l loguser ] [ -t stamptype ] [ -n nfiles ] [ -s filesize ] [ -S maxsize ] [ -P prefix ] user logdir dir",
	Help: `Makes the service directory dir of a supervision tree that runs as user, with a logger for all its output.
In DIR, PATH and the values of -e, ${USER} ${HOME} ${UID} ${GID} ${GIDLIST} stand for what user has.

  -d DIR        the scan directory (default ${HOME}/service)
  -p PATH       the variable PATH of the tree (default /command:/usr/bin:/bin)
  -E ENVDIR     more variables of the tree: a directory as s6-envdir reads
  -e VAR        replace in the value of VAR, which is in ENVDIR; may be repeated, and means nothing without -E
  -r SERVICE/LOGGER[/PIPELINE]  make source directories of s6-rc in dir instead
  -l USER       run the logger as USER
  -t TYPE       timestamps: 0 none, 1 TAI64N (default), 2 ISO 8601, 3 both
  -n N -s BYTES -S BYTES -P PREFIX  how many archives, of what size, of what size together (0: any), and what
                precedes each line

Exit codes: 0 done, 100 wrong usage, 111 system call failed; what was made until then stays.

Example: s6-usertree-maker -l catchlog ann /var/log/usertree/ann /etc/services/usertree-ann
`,
	Run: runUsertreeMaker,
}

// userTree is what the options of s6-usertree-maker say of the tree.
type userTree struct {
	*maker
	scandir, path, envdir string
	vars                  []string
}

func runUsertreeMaker(inv *applet.Invocation) error {
	t := userTree{maker: newMaker(inv.Proc), scandir: "${HOME}/service", path: proc.DefaultPath}
	err := inv.Getopt(makerSpec+"d:p:E:e:", func(opt byte, value string) error {
		switch opt {
		case 'd':
			t.scandir = value
		case 'p':
			t.path = value
		case 'E':
			t.envdir = value
		case 'e':
			if value == "" || strings.Contains(value, "=") {
				return applet.Fatal(applet.ExitUsage, "invalid variable name: %s", value)
			}
			t.vars = append(t.vars, value)
		default:
			return t.option(inv, opt, value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) < 3 {
		return inv.UsageError()
	}
	user, dir := inv.Args[0], inv.Args[2]
	t.logdir = inv.Args[1]
	switch {
	case !strings.HasPrefix(t.logdir, "/"):
		return applet.Fatal(applet.ExitUsage, "logdir must be absolute")
	case !strings.HasPrefix(t.scandir, "/") && !strings.HasPrefix(t.scandir, "${HOME}/"):
		return applet.Fatal(applet.ExitUsage, "userscandir must be absolute or start with ${HOME}/")
	}
	if err := t.check(true); err != nil {
		return err
	}
	if _, err = t.make(dir, t.runScript(user)); err != nil {
		t.discard()
	}
	return err
}

// runScript is the run script. Values of -e are put into the commands that export them before the names in
// them are replaced.
func (t *userTree) runScript(user string) string {
	text := t.line("fdmove", "-c 2 1") +
		t.line("emptyenv", "-p") +
		t.line("export", "USER", user) +
		t.line("s6-envuidgid", "-i --", user) +
		t.line("s6-applyuidgid", "-U --") +
		t.tool("backtick") + " -in HOME { " + t.tool("homeof") + " " + lex.Quote(user) + " }\n"
	if t.envdir != "" {
		text += t.line("s6-envdir", "-i --", t.envdir)
	}
	var exports string
	if t.envdir != "" && len(t.vars) > 0 {
		text += t.line("multisubstitute", "{")
		for _, v := range t.vars {
			text += "  importas -D \"\" -- " + lex.Quote(v) + " " + lex.Quote(v) + "\n"
			exports += t.line("export", "", v, "${"+v+"}")
		}
		text += "}\n"
	}
	text += t.line("multisubstitute", "{")
	for _, v := range []string{"USER", "HOME", "UID", "GID", "GIDLIST"} {
		text += "  importas -i " + v + " " + v + "\n"
	}
	return text + "}\n" + exports + t.line("export", "PATH", t.path) + t.line("s6-svscan", "-d3 --", t.scandir)
}
