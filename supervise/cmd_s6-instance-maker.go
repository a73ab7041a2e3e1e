package supervise

import (
	"strconv"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6InstanceMaker = applet.Applet{
	Name:  "s6-instance-maker",
	Usage: "[ -c max ] [ -u user ] [ -l loguser ] [ -L logdir ] [ -t stamptype ] [ -n nfiles ] [ -s filesize ] [ -S maxsize ] [ -P prefix ] [ -r service[/logger[/pipeline]] ] template dir",
	Help: `Makes the service directory dir of an instanced service: it supervises instances, which s6-instance-create
makes from the service directory template.

  -c MAX        the most instances there will be (default 500, from 2 to 90000)
  -u USER       run the instances as USER
  -r SERVICE[/LOGGER[/PIPELINE]]  make source directories of s6-rc in dir instead
  -L LOGDIR     log what the instances write, with s6-log, into LOGDIR
  -l USER       run that s6-log as USER
  -t TYPE       timestamps: 0 none, 1 TAI64N (default), 2 ISO 8601, 3 both
  -n N -s BYTES -S BYTES -P PREFIX  how many archives, of what size, of what size together (0: any), and what
                precedes each line

Exit codes: 0 done, 100 wrong usage, 111 system call failed; what was made until then stays.

Example: s6-instance-maker -L /var/log/getty /etc/templates/getty /etc/services/getty
`,
	Run: runInstanceMaker,
}

// The limits of -c.
const (
	fewestInstances, usualInstances, mostInstances = 2, 500, 90000
)

func runInstanceMaker(inv *applet.Invocation) error {
	m := newMaker(inv.Proc)
	most := uint64(usualInstances)
	user := ""
	err := inv.Getopt(makerSpec+"c:u:L:", func(opt byte, value string) error {
		switch opt {
		case 'c':
			return inv.Uint(&most)(value)
		case 'u':
			user = value
		case 'L':
			if !strings.HasPrefix(value, "/") {
				return applet.Fatal(applet.ExitUsage, "logdir must be absolute")
			}
			m.logdir = value
		default:
			return m.option(inv, opt, value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	if err := m.check(false); err != nil {
		return err
	}
	template, dir := inv.Args[0], inv.Args[1]
	most = min(max(most, fewestInstances), mostInstances)
	if logged, _ := sys.Exists(sys.AT, template+"/log"); logged || m.logdir != "" && !m.sources {
		most *= 2 // s6-svscan counts loggers; the C program looks at -L alone
	}
	service, err := m.make(dir, m.instanceScript(user, most))
	if err == nil {
		err = m.fillInstances(service, template)
	}
	if err != nil {
		m.discard()
	}
	return err
}

// fillInstances makes what instances need in the directory of their service, and copies their template there.
func (m *maker) fillInstances(service, template string) error {
	if !m.sources {
		for _, sub := range []string{"/instance", "/instances"} {
			if err := sys.Mkdir(sys.AT, service+sub, 0o755); err != nil {
				return applet.System(err, "mkdir %s", service+sub)
			}
		}
	}
	if err := sys.CopyTree(sys.AT, template, sys.AT, service+"/template"); err != nil {
		return applet.System(err, "copy file hierarchy from %s to %s/template", template, service)
	}
	return nil
}

// instanceScript is the run script. What s6-rc makes of its sources has no directories for instances, and
// a user has to own them: it sees to both.
func (m *maker) instanceScript(user string, most uint64) string {
	text := m.line("fdmove", "-c 2 1")
	if m.sources {
		text += "if { " + m.tool("s6-mkdir") + " -p -- instance instances }\n"
	}
	if user != "" {
		for _, sub := range []string{"instance", "instances"} {
			text += "if { " + m.line("s6-envuidgid", "--", user) + "  " + m.tool("s6-chown") + " -U -- " + sub + " }\n"
		}
		text += m.line("s6-setuidgid", "", user)
	}
	return text + m.line("s6-svscan", "-d3 -C"+strconv.FormatUint(most, 10)+" --", "instance")
}
