package supervise

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/fifodir"
	"s6box/internal/sys"
	"s6box/internal/users"
)

var cmdS6Svperms = applet.Applet{
	Name:  "s6-svperms",
	Usage: "[ -v ] [ -u | -g group | -G group | -o | -O group ] [ -e | -E group ] servicedir...",
	Help: `Shows, or with options other than -v sets, who may read the status of services, control them, and listen to
their events. A group is a name, or :GID.

  -u        only the owner reads and controls
  -g GROUP  members of GROUP read, the owner controls
  -G GROUP  members of GROUP read and control
  -o        everybody reads, the owner controls
  -O GROUP  everybody reads, members of GROUP control
  -e        everybody may listen
  -E GROUP  members of GROUP may listen
  -v        show the permissions after they are set

Exit codes: 0 done, 1 permissions that could not be shown, 100 wrong usage, 111 system call failed.

Example: s6-svperms -v -G wheel -e /run/service/web
`,
	Run: runSvperms,
}

// unset says that permissions of events stay as they are.
const unset = -2

// perms is who is to have access to services.
type perms struct {
	access byte // option letter: u g G o O, 0: as it is
	gid    int  // for g, G, O
	events int  // gid, fifodir.Public or unset
}

func runSvperms(inv *applet.Invocation) error {
	p := perms{events: unset}
	show := false
	err := inv.Getopt("vug:G:oO:eE:", func(opt byte, value string) (err error) {
		switch opt {
		case 'v':
			show = true
		case 'e':
			p.events = fifodir.Public
		case 'E':
			p.events, err = groupID(inv, value)
		default:
			p.access = opt
			p.gid = os.Getegid()
			if value != "" || opt != 'u' && opt != 'o' {
				p.gid, err = groupID(inv, value)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if p.access == 0 && p.events == unset {
		return showPerms(inv)
	}
	for _, dir := range inv.Args {
		if err := p.set(dir); err != nil {
			return err
		}
	}
	if show {
		return showPerms(inv)
	}
	return nil
}

func groupID(inv *applet.Invocation, name string) (int, error) {
	if name != "" && name[0] == ':' {
		if gid, ok := users.ParseID(name[1:]); ok {
			return gid, nil
		}
		return 0, inv.UsageError()
	}
	g, err := users.GroupByName(name)
	if err != nil {
		return 0, applet.Fatal(applet.ExitUsage, "unable to find entry for %s in group database", name)
	}
	return g.Gid, nil
}

func (p *perms) set(dir string) error {
	if p.access != 0 {
		if err := p.setAccess(dir + "/supervise"); err != nil {
			return err
		}
	}
	if p.events == unset {
		return nil
	}
	var st unix.Stat_t
	if err := unix.Stat(dir+"/event", &st); err != nil {
		return applet.System(err, "stat %s/event", dir)
	}
	if err := fifodir.Make(sys.AT, dir+"/event", p.events, true); err != nil {
		return applet.System(err, "set permissions of %s/event", dir)
	}
	return nil
}

// setAccess sets the modes of the supervise directory and the control fifo in it. Access is taken before it
// is given, so that no other group has it in between.
func (p *perms) setAccess(supervise string) error {
	fd, err := sys.Open(sys.AT, supervise, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return applet.System(err, "stat %s", supervise)
	}
	defer unix.Close(fd)
	fifo, err := sys.Open(fd, "control", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return applet.System(err, "open %s/control", supervise)
	}
	defer unix.Close(fifo)
	var st unix.Stat_t
	if err := unix.Fstat(fifo, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return applet.Fatal(applet.ExitSystem, "%s/control is not a fifo", supervise)
	}
	dirMode, dirGid, fifoMode, fifoGid := uint32(0o700), os.Getegid(), uint32(0o600), os.Getegid()
	switch p.access {
	case 'g', 'G':
		dirMode, dirGid = 0o710, p.gid
	case 'o', 'O':
		dirMode = 0o711
	}
	if p.access == 'G' || p.access == 'O' {
		fifoMode, fifoGid = 0o620, p.gid
	}
	if err := chperm(fifo, fifoMode, 0o600, fifoGid); err != nil {
		return applet.System(err, "set permissions of %s/control", supervise)
	}
	if err := chperm(fd, dirMode, 0o700, dirGid); err != nil {
		return applet.System(err, "set permissions of %s", supervise)
	}
	return nil
}

func chperm(fd int, mode, private uint32, gid int) error {
	if err := unix.Fchmod(fd, private); err != nil {
		return err
	}
	if err := unix.Fchown(fd, -1, gid); err != nil {
		return err
	}
	return unix.Fchmod(fd, mode)
}

// showPerms prints what the modes of the services say. What can't be told is a warning and exit code 1.
func showPerms(inv *applet.Invocation) error {
	var out []byte
	bad := false
	for _, dir := range inv.Args {
		for _, what := range []func(string) (string, error){statusPerm, controlPerm, eventPerm} {
			line, err := what(dir)
			if err != nil {
				bad = true
				inv.Warn("%s", err)
			}
			if line != "" {
				out = append(out, dir+" "+line+"\n"...)
			}
		}
	}
	if _, err := inv.Proc.Stdout().Write(out); err != nil {
		return applet.System(err, "write to stdout")
	}
	if bad {
		return applet.Exit(1)
	}
	return nil
}

func stat(name string) (st unix.Stat_t, err error) {
	if err := unix.Stat(name, &st); err != nil {
		return st, fmt.Errorf("unable to stat %s: %s", name, applet.Reason(err))
	}
	return st, nil
}

func wrongMode(name string, st *unix.Stat_t) error {
	return fmt.Errorf("%s has incorrect permissions: %o", name, st.Mode&0o7777)
}

func statusPerm(dir string) (string, error) {
	name := dir + "/supervise"
	st, err := stat(name)
	if err != nil {
		return "", err
	}
	switch st.Mode & 0o7777 {
	case 0o700:
		return "status: owner", nil
	case 0o710:
		return "status: " + groupOf(&st), nil
	case 0o711:
		return "status: public", nil
	}
	return "", wrongMode(name, &st)
}

func controlPerm(dir string) (string, error) {
	if _, err := statusPerm(dir); err != nil {
		return "", nil // said already
	}
	name := dir + "/supervise/control"
	st, err := stat(name)
	if err != nil {
		return "", err
	}
	switch st.Mode & 0o7777 {
	case 0o600:
		return "control: owner", nil
	case 0o620:
		return "control: " + groupOf(&st), nil
	}
	return "", wrongMode(name, &st)
}

func eventPerm(dir string) (string, error) {
	name := dir + "/event"
	st, err := stat(name)
	if err != nil {
		return "", err
	}
	switch st.Mode & 0o7777 {
	case 0o1733:
		return "events: public", nil
	case 0o3730:
		return "events: " + groupOf(&st), nil
	}
	return "", wrongMode(name, &st)
}

func groupOf(st *unix.Stat_t) string {
	if g, err := users.GroupByGid(int(st.Gid)); err == nil {
		return "group " + g.Name
	}
	return "group " + strconv.Itoa(int(st.Gid))
}
