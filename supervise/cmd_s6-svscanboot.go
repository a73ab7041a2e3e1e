package supervise

import (
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/users"
)

var cmdS6Svscanboot = applet.Applet{
	Name: "s6-svscanboot",
	Usage: "[ -c devconsole ] [ -D catchalldir ] [ -m catchallmode ] [ -l catchalluser ] [ -o catchalloptions ] " +
		"[ -d notif ] [ -X consoleholder ] [ -C services_max ] [ -L name_max ] [ -t rescan ] scandir",
	Help: `Goes on with s6-svscan on scandir, with a logger of its own, the service s6-svscan-log, for everything the
supervision tree itself says and its services don't log.

  -c FILE, --console=FILE            where errors of that logger go (stderr)
  -D DIR, --catchall-directory=DIR   where it logs to (/run/uncaught-logs)
  -m MODE, --catchall-mode=MODE      permissions of that directory (2750)
  -l USER, --catchall-user=USER      whom it runs as
  -o WORDS, --catchall-options=WORDS directives of s6-log (t)
  -d, -X, -C, -L, -t                 are handed to s6-svscan

Exit codes: 100 wrong usage; 111 a system call failed.

Example: s6-svscanboot -D /var/log/uncaught -l log /run/service
`,
	Chain: runSvscanboot,
}

// svscanboot is what the options say; pass goes to s6-svscan.
type svscanboot struct {
	console, dir, user, directives string
	holder                         string
	mode                           uint32
	notify                         uint64
	account                        *users.Account // of user
	pass                           []string
}

const noFd = ^uint64(0)

func runSvscanboot(inv *applet.Invocation) ([]string, error) {
	o := svscanboot{dir: "/run/uncaught-logs", directives: "t", mode: 0o2750, notify: noFd}
	if err := o.parse(inv); err != nil {
		return nil, err
	}
	if len(inv.Args) != 1 {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.Own(); err != nil {
		return nil, err
	}
	scandir := inv.Args[0]
	if err := o.check(inv); err != nil {
		return nil, err
	}
	if err := o.makeCatchall(); err != nil {
		return nil, err
	}
	service := scandir + "/" + consoleLogger
	if err := o.makeLogger(inv.Proc, service); err != nil {
		return nil, err
	}
	if err := o.redirect(inv.Proc, service+"/fifo"); err != nil {
		return nil, err
	}
	return append(append([]string{"s6-svscan", "-X", o.holder}, o.pass...), "--", scandir), nil
}

func (o *svscanboot) parse(inv *applet.Invocation) error {
	hand := func(letter byte, name string) applet.Option {
		return applet.Option{Short: letter, Long: name, Value: true, Set: func(value string) error {
			var n uint64
			o.pass = append(o.pass, "-"+string(letter), value)
			return applet.Number(name, &n)(value)
		}}
	}
	return inv.Gol(
		applet.Option{Short: 'c', Long: "console", Value: true, Set: applet.String(&o.console)},
		applet.Option{Short: 'D', Long: "catchall-directory", Value: true, Set: applet.String(&o.dir)},
		applet.Option{Short: 'm', Long: "catchall-mode", Value: true, Set: func(value string) error {
			mode, err := strconv.ParseUint(value, 8, 12)
			if err != nil {
				return applet.Fatal(applet.ExitUsage, "catchall-mode must be an octal number: %s", value)
			}
			o.mode = uint32(mode)
			return nil
		}},
		applet.Option{Short: 'l', Long: "catchall-user", Value: true, Set: applet.String(&o.user)},
		applet.Option{Short: 'o', Long: "catchall-options", Value: true, Set: applet.String(&o.directives)},
		applet.Option{Short: 'd', Long: "notification-fd", Value: true, Set: func(value string) error {
			o.pass = append(o.pass, "-d", value)
			return applet.Number("notification-fd", &o.notify)(value)
		}},
		applet.Option{Short: 'X', Long: "console-holder", Value: true, Set: func(value string) error {
			var n uint64
			o.holder = value
			return applet.Number("console-holder", &n)(value)
		}},
		hand('C', "services-max"),
		hand('L', "name-max"),
		hand('t', "timeout"),
	)
}

// check finds what s6-svscan and the logger could complain about only where nobody reads it.
func (o *svscanboot) check(inv *applet.Invocation) error {
	if o.notify != noFd {
		if o.notify < 3 {
			return applet.Fatal(applet.ExitUsage, "notification-fd must be 3 or greater")
		}
		if err := checkNotification(inv, int(o.notify)); err != nil {
			return err
		}
	}
	if o.user != "" {
		account, err := users.ByName(o.user)
		if err != nil {
			return applet.System(err, "look up user %s", o.user)
		}
		o.account = &account
	}
	if o.dir == "" {
		return applet.System(unix.ENOENT, "mkdir %s", o.dir)
	}
	if !filepath.IsAbs(o.dir) { // the logger works elsewhere
		wd, err := inv.Proc.Getwd()
		if err != nil {
			return applet.System(err, "getcwd")
		}
		o.dir = wd + "/" + o.dir
	}
	return nil
}

// makeCatchall makes the directory of the logger, which is its user's.
func (o *svscanboot) makeCatchall() error {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return applet.System(err, "mkdir %s", o.dir)
	}
	if o.account != nil {
		if err := unix.Chown(o.dir, o.account.Uid, o.account.Gid); err != nil {
			return applet.System(err, "chown %s", o.dir)
		}
	}
	if err := unix.Chmod(o.dir, o.mode); err != nil {
		return applet.System(err, "chmod %s", o.dir)
	}
	return nil
}

// makeLogger makes the service directory of the logger anew.
func (o *svscanboot) makeLogger(st *proc.State, service string) error {
	if err := os.RemoveAll(service); err != nil {
		return applet.System(err, "remove %s", service)
	}
	if err := os.MkdirAll(service, 0o755); err != nil {
		return applet.System(err, "mkdir %s", service)
	}
	if err := sys.Mkfifo(sys.AT, service+"/fifo", 0o600); err != nil {
		return applet.System(err, "mkfifo %s/fifo", service)
	}
	if err := sys.ReplaceFile(sys.AT, service+"/notification-fd", []byte("3\n"), 0o644); err != nil {
		return applet.System(err, "write %s/notification-fd", service)
	}
	if err := sys.ReplaceFile(sys.AT, service+"/run", []byte(o.script(st)), 0o755); err != nil {
		return applet.System(err, "write %s/run", service)
	}
	return nil
}

func (o *svscanboot) script(st *proc.State) string {
	text := "#!" + chain.ToolPath(st, "execlineb") + " -P\nfdmove -c 1 2\nredirfd -rnb 0 fifo\n"
	if o.user != "" {
		text += "s6-setuidgid " + lex.Quote(o.user) + "\n"
	}
	return text + "exec -c\n" + chain.ToolPath(st, "s6-log") + " -bpd3 -- " + o.directives + " " + lex.Quote(o.dir) + "\n"
}

// redirect makes stdin /dev/null and stdout and stderr the fifo of the logger, which nobody reads yet; the
// console stays open as the descriptor holder names.
func (o *svscanboot) redirect(st *proc.State, fifo string) error {
	null, err := st.Open("/dev/null", unix.O_RDONLY, 0)
	if err != nil {
		return applet.System(err, "open /dev/null")
	}
	if err := st.SetFD(0, null); err != nil {
		return applet.System(err, "redirect stdin")
	}
	if err := o.keepConsole(st); err != nil {
		return err
	}
	reader, err := st.Open(fifo, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return applet.System(err, "open %s for reading", fifo)
	}
	defer unix.Close(reader)
	writer, err := st.Open(fifo, unix.O_WRONLY, 0)
	if err != nil {
		return applet.System(err, "open %s for writing", fifo)
	}
	if err := st.SetFD(1, writer); err != nil {
		return applet.System(err, "redirect stdout")
	}
	if err := st.CopyFD(2, 1); err != nil {
		return applet.System(err, "redirect stderr")
	}
	return nil
}

func (o *svscanboot) keepConsole(st *proc.State) error {
	from, err := 2, error(nil)
	if o.console != "" {
		if from, err = st.Open(o.console, unix.O_WRONLY|unix.O_NOCTTY, 0); err != nil {
			return applet.System(err, "open %s", o.console)
		}
		defer unix.Close(from)
	}
	if o.holder != "" {
		return nil
	}
	const lowest = 3
	fd, err := unix.FcntlInt(uintptr(from), unix.F_DUPFD, lowest)
	if err != nil {
		return applet.System(err, "keep the console open")
	}
	o.holder = strconv.Itoa(fd)
	return nil
}
