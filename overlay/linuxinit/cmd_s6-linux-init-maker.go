package linuxinit

import (
	"strconv"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/rundir"
	"s6box/internal/users"
)

var cmdS6LinuxInitMaker = applet.Applet{
	Name: "s6-linux-init-maker",
	Usage: "[ -V boot_verbosity ] [ -c basedir ] [ -u log_user ] [ -G early_getty_cmd ] [ -1 ] [ -L ] [ -p initial_path ] " +
		"[ -m initial_umask ] [ -t timestamp_style ] [ -d slashdev ] [ -s env_store ] [ -e initial_envvar ... ] " +
		"[ -q default_grace_time ] [ -D initdefault ] [ -n | -N ] [ -f skeldir ] [ -R resourcelimits ] [ -C ] [ -B ] " +
		"[ -S ] [ -W readyfd ] dir",
	Help: `Makes the directory dir that a machine, or with -C a container, is booted from: bin/init is its first program.
Once its scripts are as they should be, dir is copied to basedir.

  -c DIR   where it will be (default /etc/s6-linux-init/current)
  -f DIR   where the scripts are copied from (default /etc/s6-linux-init/skel; what is not there does nothing)
  -C       for a container
  -B       without a logger for what has no logger
  -u USER  the user of that logger (default root)
  -1       it copies to the console, or in a container to the standard error that init had
  -t N     its time stamps: 0 none, 1 TAI64N (default), 2 ISO 8601, 3 both
  -G CMD   a command line that is kept running from the beginning, for logins
  -L       a service that cleans utmp records when a user logs out
  -p PATH  PATH of all processes (default /usr/bin:/bin)     -m MASK  umask, octal (default 022)
  -e VAR=VALUE  a variable of all processes; -e VAR: without one
  -s DIR   at boot, store the environment of init there
  -d DIR   at boot, mount a devtmpfs there
  -n       at boot, remount /run          -N  at boot, leave /run alone
  -q MS    time between SIGTERM and SIGKILL at shutdown (default 3000)
  -D NAME  the runlevel to boot to (default default)
  -R LIST  hard limits, like o2000,c0,d= : letters of s6-softlimit, = for no limit
  -S       in a container, synchronise disks at the end
  -W FD    at boot, wait until that descriptor is closed at its other end
  -V N     verbosity at boot (default 1)

Exit codes: 100 wrong usage, 111 dir can't be made.

Example: s6-linux-init-maker -C -f /etc/skel.init /etc/s6-linux-init/current
`,
	Run: runMaker,
}

func runMaker(inv *applet.Invocation) error {
	m := &maker{
		st: inv.Proc, run: rundir.Of(inv.Proc.Env), base: defaultBase, skel: defaultSkel, verbosity: 1,
		path: "/usr/bin:/bin", umask: 0o022, stamp: 1, grace: 3000,
	}
	err := inv.Getopt("V:c:u:G:1Lp:m:t:d:s:e:q:D:nNf:R:CBSW:", func(opt byte, value string) error { return m.option(inv, opt, value) })
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	m.dir = inv.Args[0]
	if err := m.check(inv); err != nil {
		return err
	}
	return m.make()
}

func (m *maker) option(inv *applet.Invocation, opt byte, value string) (err error) {
	text := map[byte]*string{
		'c': &m.base, 'u': &m.user, 'G': &m.getty, 'p': &m.path, 'd': &m.slashdev, 's': &m.store, 'D': &m.runlevel, 'f': &m.skel,
	}
	number := map[byte]*uint64{'V': &m.verbosity, 't': &m.stamp, 'q': &m.grace, 'W': &m.readyFD}
	absolute := map[byte]string{'c': "base directory", 's': "kernel environment store", 'd': "devtmpfs directory"}
	flag := map[byte]*bool{'1': &m.console, 'L': &m.logout, 'C': &m.container, 'B': &m.noLogger, 'S': &m.sync}
	switch {
	case absolute[opt] != "" && !strings.HasPrefix(value, "/"):
		return applet.Fatal(applet.ExitUsage, "%s %s is not absolute", absolute[opt], value)
	case text[opt] != nil:
		*text[opt] = value
	case number[opt] != nil:
		return inv.Uint(number[opt])(value)
	case flag[opt] != nil:
		*flag[opt] = true
	case opt == 'm':
		if m.umask, err = strconv.ParseUint(value, 8, 32); err != nil {
			return inv.UsageError()
		}
	case opt == 'e':
		m.env = append(m.env, value)
	case opt == 'R':
		m.limits, err = parseLimits(value)
	default:
		m.keepRun = opt
	}
	return err
}

// check looks at the options together.
func (m *maker) check(inv *applet.Invocation) error {
	if m.stamp > 3 {
		return applet.Fatal(applet.ExitUsage, "-t timestamp_style must be 0, 1, 2 or 3")
	}
	if m.readyFD == 1 || m.readyFD == 2 {
		return applet.Fatal(applet.ExitUsage, "readyfd cannot be 1 or 2")
	}
	if m.user == "root" || m.noLogger {
		m.user = ""
	}
	if m.user != "" {
		if _, err := users.ByName(m.user); err != nil {
			return applet.Fatal(applet.ExitUsage, "unable to find user %s in passwd database", m.user)
		}
	}
	if m.store != "" && !strings.HasPrefix(m.store, m.run+"/") {
		inv.Warn("kernel environment store %s is not located under initial tmpfs %s", m.store, m.run)
	}
	if m.container && m.slashdev != "" {
		inv.Warn("both -C and -d options given; are you sure your container does not come with a pre-mounted /dev?")
	}
	for _, kv := range m.env {
		if name, _, _ := strings.Cut(kv, "="); name == "" || name[0] == '.' || strings.Contains(name, "/") {
			return applet.Fatal(applet.ExitUsage, "%q is no name for a variable", name)
		}
	}
	return nil
}

// parseLimits takes a list of limits, like o2000,d=, apart.
func parseLimits(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	limits := strings.Split(list, ",")
	for _, l := range limits {
		if len(l) < 2 || !strings.Contains("acdflmoPprst", l[:1]) {
			return nil, errLimits()
		}
		if _, ok := applet.ParseUint(l[1:]); !ok && l[1:] != "=" {
			return nil, errLimits()
		}
	}
	return limits, nil
}

func errLimits() error {
	return applet.Fatal(applet.ExitUsage, "syntax error in resource limit string")
}

// defaultBase is where the directory is at boot.
const defaultBase = "/etc/s6-linux-init/current"
