package overlay

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6OverlayStat = applet.Applet{
	Name:  "s6-overlay-stat",
	Usage: "path",
	Help: `Says to whom a file belongs and what its permissions are, a line each: uid=N, user=NAME, gid=N, group=NAME and
perms= with two letters for each permission there is, from ox (others may execute it) to uw and ur (its owner
may write and read it), os (sticky), gs and us (set-group-id, set-user-id). Symbolic links are followed.

Exit codes: 111 the file can't be looked at.

Example: s6-overlay-stat /run
`,
	Run: runStat,
}

func runStat(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	path, err := inv.Proc.Path(inv.Args[0])
	if err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return applet.System(err, "stat %s", inv.Args[0])
	}
	uid, gid := int(st.Uid), int(st.Gid)
	_, err = fmt.Fprintf(inv.Proc.Stdout(), "uid=%d\nuser=%s\ngid=%d\ngroup=%s\nperms=%s\n",
		uid, accountName(uid, false), gid, accountName(gid, true), permissions(st.Mode))
	if err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// permissions names the bits of a mode, the lowest first.
func permissions(mode uint32) string {
	names := [...]string{"ox", "ow", "or", "gx", "gw", "gr", "ux", "uw", "ur", "os", "gs", "us"}
	var b strings.Builder
	for i, name := range names {
		if mode>>i&1 != 0 {
			b.WriteString(name)
		}
	}
	return b.String()
}
