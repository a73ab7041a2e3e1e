package linuxinit

import (
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/envdir"
	"s6box/internal/proc"
	"s6box/internal/rundir"
	"s6box/internal/sys"
	"s6box/internal/upstream"
)

var cmdS6LinuxInit = applet.Applet{
	Name: "s6-linux-init",
	Usage: "[ -v verbosity ] [ -c basedir ] [ -p initial_path ] [ -s env_store ] [ -m umask ] [ -d slashdev ] [ -D initdefault ] " +
		"[ -n | -N ] [ -C ] [ -B ] [ -W readyfd ] [ args... ]",
	Help: `As process 1, sets the machine or container up by what s6-linux-init-maker has left in basedir, has
scripts/rc.init run once there is a supervisor, and becomes that supervisor, s6-svscan. Any other process becomes
s6-linux-init-telinit. Its options are those of s6-linux-init-maker, which writes the script that calls it.

  -c DIR   basedir (default /etc/s6-linux-init/current)
  -p PATH  PATH of all processes (default /usr/bin:/bin)
  -s DIR   store the environment there           -m MASK  umask, octal (default 022)
  -d DIR   mount a devtmpfs there                -D NAME  the runlevel, unless args hold another (default default)
  -n       remount /run, don't mount it anew     -N  leave /run alone
  -C       this is a container: args are just handed to rc.init
  -B       there is no logger for what has no logger
  -W FD    first wait until that descriptor is closed at its other end
  -v N     verbosity: below 1, no warnings

Exit codes: 100 wrong usage, 111 something can't be set up.

Example: s6-linux-init -C -p /command:/usr/bin:/bin
`,
	Chain: runInit,
	Waits: true,
}

// boot is one start of a machine or a container.
type boot struct {
	inv       *applet.Invocation
	run       string // the tmpfs
	verbosity uint64
	base      string
	path      string
	store     string
	umask     uint64
	slashdev  string
	runlevel  string
	keepRun   byte
	container bool
	noLogger  bool
	readyFD   uint64
	env       proc.Env // of all processes
}

func runInit(inv *applet.Invocation) ([]string, error) {
	if err := inv.Proc.Own(); err != nil {
		return nil, err
	}
	if unix.Getpid() != 1 {
		return append([]string{"s6-linux-init-telinit"}, inv.Args...), nil
	}
	b := &boot{inv: inv, run: rundir.Of(inv.Proc.Env), verbosity: 1, base: defaultBase, path: "/usr/bin:/bin", umask: 0o022, runlevel: "default"}
	if err := inv.Gol(b.options()...); err != nil {
		return nil, err
	}
	if b.readyFD == 1 || b.readyFD == 2 {
		return nil, inv.UsageError()
	}
	return b.boot()
}

func (b *boot) options() []applet.Option {
	mask := func(value string) error {
		n, err := strconv.ParseUint(value, 8, 32)
		if err != nil {
			return b.inv.UsageError()
		}
		b.umask = n
		return nil
	}
	keep := func(how byte) func(string) error {
		return func(string) error { b.keepRun = how; return nil }
	}
	return []applet.Option{
		{Short: 'v', Value: true, Set: b.inv.Uint(&b.verbosity)},
		{Short: 'c', Value: true, Set: applet.String(&b.base)},
		{Short: 'p', Value: true, Set: applet.String(&b.path)},
		{Short: 's', Value: true, Set: applet.String(&b.store)},
		{Short: 'm', Value: true, Set: mask},
		{Short: 'd', Value: true, Set: applet.String(&b.slashdev)},
		{Short: 'D', Value: true, Set: applet.String(&b.runlevel)},
		{Short: 'n', Set: keep('n')},
		{Short: 'N', Set: keep('N')},
		{Short: 'C', Set: applet.Flag(&b.container)},
		{Short: 'B', Set: applet.Flag(&b.noLogger)},
		{Short: 'W', Value: true, Set: b.inv.Uint(&b.readyFD)},
	}
}

// boot sets everything up and returns the supervisor to go on with.
func (b *boot) boot() ([]string, error) {
	st := b.inv.Proc
	if b.readyFD > 2 {
		awaitClosing(proc.FD(b.readyFD))
	}
	if !b.container {
		st.Stdout().Write([]byte("\n  s6-linux-init version " + upstream.VersionOf("s6-linux-init") + "\n\n"))
	}
	if err := st.Chdir("/"); err != nil {
		return nil, applet.System(err, "chdir to /")
	}
	st.Umask(int(b.umask))
	if err := b.mount(); err != nil {
		return nil, err
	}
	if err := sys.MergeTree(sys.AT, b.base+"/run-image", sys.AT, b.run, nil); err != nil {
		return nil, applet.System(err, "copy %s/run-image to %s", b.base, b.run)
	}
	changes, err := envdir.Read(sys.AT, b.base+"/env", envdir.Options{Verbatim: true, Limit: envdir.NoLimit})
	if err != nil {
		return nil, applet.System(err, "read %s/env", b.base)
	}
	b.env = proc.Env{"PATH=" + b.path}.Merge(changes)
	if b.store != "" {
		if err := storeEnv(b.store, st.Env); err != nil && b.verbosity > 0 {
			b.inv.Warn("unable to dump kernel environment to %s: %s", b.store, applet.Reason(err))
		}
	}
	st.Env = b.env
	return b.startInit()
}

// awaitClosing reads a descriptor to its end and closes it.
func awaitClosing(fd proc.FD) {
	var buf [64]byte
	for {
		if _, err := fd.Read(buf[:]); err != nil {
			break
		}
	}
	fd.Close()
}

// mount makes the tmpfs that state lives in, and the devices.
func (b *boot) mount() error {
	if b.slashdev != "" {
		if err := unix.Mount("devtmpfs", b.slashdev, "devtmpfs", unix.MS_NOSUID|unix.MS_NOEXEC, ""); err != nil {
			return applet.System(err, "mount a devtmpfs on %s", b.slashdev)
		}
	}
	flags := uintptr(unix.MS_NOSUID | unix.MS_NODEV)
	switch b.keepRun {
	case 'N':
		return nil
	case 'n':
		flags |= unix.MS_REMOUNT
	default:
		unix.Unmount(b.run, 0) // just in case
	}
	if err := unix.Mount("tmpfs", b.run, "tmpfs", flags, "mode=0755"); err != nil {
		return applet.System(err, "mount tmpfs on %s", b.run)
	}
	return nil
}

// level is the runlevel: of a machine, one that the kernel's command line holds comes first.
func (b *boot) level() string {
	if !b.container {
		for _, word := range b.inv.Args {
			if slices.Contains([]string{"default", "2", "3", "4", "5"}, word) {
				return word
			}
		}
	}
	return b.runlevel
}
