package overlay

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/users"
)

var cmdLogutilNewfifo = applet.Applet{
	Name:  "logutil-newfifo",
	Usage: "[ -m mode ] [ -o owner ] fifo",
	Help: `Makes a fifo for a logger to read, in the place of whatever file has its name. It is deprecated: s6-mkfifo and
s6-chown do the same.

  -m MODE   its permissions, in octal, whatever the umask (0600)
  -o OWNER  a user, who owns it, with the user's group

Exit codes: 1 no such user, 111 it can't be created.

Example: logutil-newfifo -o www-data /run/app-log
`,
	Run: runNewfifo,
}

func runNewfifo(inv *applet.Invocation) error {
	mode, owner := uint64(0o600), ""
	err := inv.Getopt("m:o:", func(opt byte, value string) (err error) {
		if opt == 'o' {
			owner = value
			return nil
		}
		if mode, err = strconv.ParseUint(value, 8, 12); err != nil {
			return applet.Fatal(applet.ExitUsage, "invalid mode: %s", value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	inv.Warn("this binary is deprecated, use s6-mkfifo and s6-chown instead")
	account := users.Account{Uid: -1, Gid: -1}
	if owner != "" {
		if account, err = users.ByName(owner); err != nil {
			return applet.Fatal(1, "unknown user: %s", owner)
		}
	}
	path, err := inv.Proc.Path(inv.Args[0])
	if err != nil {
		return err
	}
	return newFifo(path, uint32(mode), account)
}

// newFifo makes a fifo under another name, as it is to be, and moves it to path.
func newFifo(path string, mode uint32, owner users.Account) error {
	err := sys.Replace(sys.AT, path, func(name string) error {
		if err := unix.Mkfifo(name, 0o600); err != nil {
			return err
		}
		fd, err := sys.Open(sys.AT, name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if owner.Uid >= 0 {
			if err := unix.Fchown(fd, owner.Uid, owner.Gid); err != nil {
				return err
			}
		}
		return unix.Fchmod(fd, mode)
	})
	if err != nil {
		return applet.System(err, "mkfifo %s", path)
	}
	return nil
}
