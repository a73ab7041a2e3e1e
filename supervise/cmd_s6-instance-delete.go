package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6InstanceDelete = applet.Applet{
	Name:  "s6-instance-delete",
	Usage: "[ -X ] [ -t timeout ] service instancename",
	Help: `Ends an instance of an instanced service, waits until its supervisor has ended, and removes its directory.
An instance that is not there is no error.

  -X     do not wait for the supervisor
  -t MS  wait for it no longer than MS milliseconds

Exit codes: 0 done, 1 the service is not running, 100 wrong usage, 111 system call failed.

Example: s6-instance-delete /run/service/getty tty3
`,
	Run: runInstanceDelete,
}

var cmdS6InstanceList = applet.Applet{
	Name:  "s6-instance-list",
	Usage: "service",
	Help: `Prints the names of the instances of an instanced service, one a line, in no order.

Exit codes: 0 done, 1 the service is not running, 100 wrong usage, 111 system call failed.

Example: s6-instance-list /run/service/getty
`,
	Run:    runInstanceList,
	Inline: true,
}

func runInstanceDelete(inv *applet.Invocation) error {
	var u unlinking
	err := inv.Getopt("Xt:", func(opt byte, value string) error { return u.option(inv, opt, value) })
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
	if err := unix.Access(service+"/instance", unix.X_OK); err != nil {
		return applet.System(err, "chdir to %s/instance", service)
	}
	if err := needInstanced(service); err != nil {
		return err
	}
	if err := becomeOwner(inv.Proc, service+"/instance"); err != nil {
		return err
	}
	if err := u.unlink(inv, service+"/instance", name); err != nil {
		return err
	}
	dir := service + "/instances/" + name
	if err := sys.RemoveAll(sys.AT, dir); err != nil {
		return applet.System(err, "remove %s", dir)
	}
	return nil
}

func runInstanceList(inv *applet.Invocation) error {
	if err := inv.Getopt("", nil); err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if inv.Args[0] == "" {
		return errNoService
	}
	path, err := inv.Proc.Path(inv.Args[0])
	if err != nil {
		return err
	}
	if err := unix.Access(path+"/instance", unix.X_OK); err != nil {
		return applet.System(err, "chdir to %s/instance", inv.Args[0])
	}
	if err := needInstanced(path); err != nil {
		return err
	}
	names, err := sys.ReadDir(sys.AT, path+"/instance")
	if err != nil {
		return applet.System(err, "chdir to %s/instance", inv.Args[0])
	}
	var out []byte
	for _, name := range names {
		if name[0] != '.' {
			out = append(out, name+"\n"...)
		}
	}
	if _, err := inv.Proc.Stdout().Write(out); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}
