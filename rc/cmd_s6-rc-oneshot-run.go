package rc

import (
	"errors"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/rc/live"

	"golang.org/x/sys/unix"
)

var cmdS6RcOneshotRun = applet.Applet{
	Name:  "s6-rc-oneshot-run",
	Usage: "[ -l live ] [ -b ] up|down|reload servicenumber",
	Help: `Runs a script of a oneshot in the database that is in force, with the service's name in RC_NAME. A oneshot
without that script is done. For a reload RC_RELOAD is 1. The service s6rc-oneshot-runner calls it.

  -l DIR   live directory (default /run/s6-rc)
  -b       wait while the database is being written, instead of failing

Exit codes: 3 no such service, 4 invalid database, 100 wrong usage, 111 a system call failed,
126 or 127 the script can't be executed, else those of the script.

Example: s6-rc-oneshot-run -l /run/s6-rc up 17
`,
	Chain: runOneshot,
}

func runOneshot(inv *applet.Invocation) ([]string, error) {
	dir, wait := defaultLive(inv), false
	err := inv.Gol(
		applet.Option{Short: 'l', Long: "livedir", Value: true, Set: applet.String(&dir)},
		applet.Option{Short: 'b', Long: "block", Set: applet.Flag(&wait)})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	event := inv.Args[0]
	number, ok := applet.ParseUint(inv.Args[1])
	if !ok || (event != "up" && event != "down" && event != "reload") {
		return nil, inv.UsageError()
	}
	path, err := inv.Proc.Path(dir + "/" + live.Compiled)
	if err != nil {
		return nil, err
	}
	if wait {
		if err := inv.Proc.Own(); err != nil { // the wait may be long
			return nil, err
		}
	}
	lock, err := db.Lock(sys.AT, path, false, wait)
	if err != nil {
		return nil, applet.System(err, "take lock on %s", dir+"/"+live.Compiled)
	}
	defer unix.Close(lock)
	name, argv, err := db.ReadScript(sys.AT, path, number, event)
	var unreadable *db.ReadError
	switch {
	case errors.Is(err, db.ErrInvalid):
		return nil, invalidDB(dir+"/"+live.Compiled, err)
	case errors.Is(err, db.ErrNumber):
		return nil, applet.Fatal(exitUnknown, "invalid service number %d", number)
	case errors.As(err, &unreadable):
		return nil, applet.System(unreadable.Err, "read %s", unreadable.File)
	case err != nil:
		return nil, err
	}
	inv.Proc.Env = inv.Proc.Env.Set("RC_NAME", name)
	if event == "reload" {
		inv.Proc.Env = inv.Proc.Env.Set("RC_RELOAD", "1")
	}
	return argv, nil
}
