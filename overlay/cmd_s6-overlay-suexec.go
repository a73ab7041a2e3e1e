package overlay

import (
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

var cmdS6OverlaySuexec = applet.Applet{
	Name:  "s6-overlay-suexec",
	Usage: "{ root_block... } normal_init...",
	Help: `Runs root_block as root, if that is possible, waits for it, and goes on with normal_init as the user that the
container runs as. It has to be process 1. Where the program itself may not become root, root_block runs as
the user, too. root_block is told the ids in UID, GID, EUID and EGID and their names in USER, GROUP, EUSER
and EGROUP. s6box's own /init does not need it.

Exit codes: 100 not process 1, or no block, or nothing behind it; that of root_block if it fails, or 128 plus
the signal.

Example: s6-overlay-suexec { mkdir -p /run/app } app-init
`,
	Chain: runSuexec,
	Waits: true,
}

func runSuexec(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if pid, err := inv.Proc.Pid(); err != nil || pid != 1 {
		return nil, applet.Fatal(applet.ExitUsage, "can only run as pid 1")
	}
	block, rest, err := chain.Block(inv, inv.Args, 1)
	switch {
	case err != nil:
		return nil, err
	case len(block) == 0:
		return nil, applet.Fatal(applet.ExitUsage, "empty block")
	case len(rest) == 0:
		return nil, applet.Fatal(applet.ExitUsage, "empty remainder")
	}
	user := proc.Ids{Uid: unix.Getuid(), Gid: unix.Getgid()}
	if err := runRootBlock(inv, block, user); err != nil {
		return nil, err
	}
	if err := inv.Proc.SetIds(user); err != nil {
		return nil, applet.System(err, "go back to uid %d", user.Uid)
	}
	return rest, nil
}

func runRootBlock(inv *applet.Invocation, block []string, user proc.Ids) error {
	st := inv.Proc.Clone()
	defer st.Release()
	st.Env = withIDs(st.Env)
	euid, ids := unix.Geteuid(), user
	if euid == 0 {
		ids = proc.Ids{}
	}
	if euid != 0 && euid != user.Uid {
		inv.Warn("real uid is %d while effective uid is %d; setting everything to %d; check s6-overlay-suexec permissions",
			user.Uid, euid, user.Uid)
	}
	if err := st.SetIds(ids); err != nil {
		return applet.System(err, "become uid %d", ids.Uid)
	}
	status, err := chain.Run(st, block)
	reason := errors.Unwrap(err)
	switch {
	case reason != nil:
		return applet.SystemCode(proc.ExecCode(reason), reason, "spawn %s", block[0])
	case err != nil:
		return err
	case status.Signal() != 0:
		return applet.Fatal(status.Approx(), "child crashed with signal %d", status.Signal())
	case !status.OK():
		return applet.Fatal(status.Approx(), "child failed with exit code %d", status.Code())
	}
	return nil
}
