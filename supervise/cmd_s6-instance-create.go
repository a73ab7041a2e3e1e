package supervise

import (
	"os"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdS6InstanceCreate = applet.Applet{
	Name:  "s6-instance-create",
	Usage: "[ -d | -D ] [ -f ] [ -P ] [ -t timeout ] service instancename",
	Help: `Makes an instance of an instanced service, which runs, from its template, and waits until a supervisor runs
on it. Called by root for a service of another user, it acts as that user.

  -d     do not start the instance
  -D     do not start it, and leave a file down that keeps later supervisors from it too
  -P     everybody may listen to the events of the instance
  -f     enforce the permissions of an event directory that the template has
  -t MS  wait no longer than MS milliseconds

Exit codes: 0 done, 99 timed out, 1 the service is not running, 100 wrong usage or the instance exists, 111 system call failed.

Example: s6-instance-create /run/service/getty tty3
`,
	Run: runInstanceCreate,
}

func runInstanceCreate(inv *applet.Invocation) error {
	var l linking
	err := inv.Getopt("dDPft:", func(opt byte, value string) error { return l.option(inv, opt, value) })
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	service, name := inv.Args[0], inv.Args[1]
	if err := checkInstance(service, name); err != nil {
		return err
	}
	if err := needInstanced(service); err != nil {
		return err
	}
	if err := becomeOwner(inv.Proc, service+"/instance"); err != nil {
		return err
	}
	dir := service + "/instances/" + name
	if err := unix.Mkdir(service+"/instances", 0o755); err != nil && err != unix.EEXIST {
		return applet.System(err, "mkdir %s/instances", service)
	}
	if exists, err := sys.Exists(sys.AT, dir); exists || err != nil {
		if err != nil {
			return applet.System(err, "check %s", dir)
		}
		return applet.Fatal(applet.ExitUsage, "instance appears to already exist at %s", dir)
	}
	if err := copyInstance(service, dir); err != nil {
		return applet.System(err, "create instance of %s named %s", service, name)
	}
	err = l.link(inv, service+"/instance", dir, name, "../instances/"+name)
	if err != nil && !linked(service, name) {
		sys.RemoveAll(sys.AT, dir)
	}
	return err
}

func linked(service, name string) bool {
	_, err := os.Readlink(service + "/instance/" + name)
	return err == nil
}

// copyInstance copies the template under another name first: what is at dir is whole.
func copyInstance(service, dir string) error {
	temp := sys.Unique(service + "/instances/.s6-instance-create:")
	err := sys.CopyTree(sys.AT, service+"/template", sys.AT, temp)
	if err == nil {
		err = unix.Rename(temp, dir)
	}
	if err != nil {
		sys.RemoveAll(sys.AT, temp)
	}
	return err
}

// becomeOwner has root act as the user whose directory dir is: in a directory of theirs they might redirect
// what root does there.
func becomeOwner(st *proc.State, dir string) error {
	var info unix.Stat_t
	if err := unix.Stat(dir, &info); err != nil {
		return applet.System(err, "stat %s", dir)
	}
	if os.Geteuid() != 0 || info.Uid == 0 {
		return nil
	}
	ids := proc.Ids{Uid: int(info.Uid), Gid: int(info.Gid), Groups: []int{int(info.Gid)}}
	if err := st.SetIds(ids); err != nil {
		return applet.System(err, "act as uid %d", info.Uid)
	}
	return nil
}
