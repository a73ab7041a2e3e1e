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

func init() {
	applet.Register(&applet.Applet{
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
	})
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
	if err := inv.Getopt(initSpec, b.option); err != nil {
		return nil, err
	}
	for _, dir := range [...]string{b.base, b.store, b.slashdev} {
		if dir != "" && dir[0] != '/' {
			return nil, applet.Fatal(applet.ExitUsage, "%s is not absolute", dir)
		}
	}
	return b.boot()
}

func (b *boot) option(opt byte, value string) (err error) {
	text := map[byte]*string{'c': &b.base, 'p': &b.path, 's': &b.store, 'd': &b.slashdev, 'D': &b.runlevel}
	switch {
	case text[opt] != nil:
		*text[opt] = value
	case opt == 'v':
		return b.inv.Uint(&b.verbosity)(value)
	case opt == 'W':
		return b.inv.Uint(&b.readyFD)(value)
	case opt == 'm':
		if b.umask, err = strconv.ParseUint(value, 8, 32); err != nil {
			return b.inv.UsageError()
		}
	case opt == 'C':
		b.container = true
	case opt == 'B':
		b.noLogger = true
	default:
		b.keepRun = opt
	}
	return nil
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
		if err := storeEnv(b.store, st.Env); err != nil {
			return nil, applet.System(err, "store the environment in %s", b.store)
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
