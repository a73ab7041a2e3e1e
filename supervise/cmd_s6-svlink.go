package supervise

import (
	"path/filepath"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Svlink = applet.Applet{
	Name:  "s6-svlink",
	Usage: "[ -d | -D ] [ -f ] [ -P ] [ -t timeout ] scandir servicedir [ name ]",
	Help: `Links a service directory into a scan directory, under the name of the directory unless another is given, and
waits until a supervisor runs on it, and on its logger if it has one.

  -d     do not start the service
  -D     do not start it, and leave a file down that keeps later supervisors from it too
  -P     everybody may listen to the events of the service, not only the group of the caller
  -f     also where the event directory exists already; else that is left as it is, with a warning
  -t MS  wait no longer than MS milliseconds

Where there is no supervisor in time the link is removed again.

Exit codes: 0 done, 1 no s6-svscan runs on scandir, 99 timed out, 100 wrong usage, 111 system call failed.

Example: s6-svlink -t 5000 /run/service /etc/services/web
`,
	Run: runSvlink,
}

func runSvlink(inv *applet.Invocation) error {
	var l linking
	err := inv.Getopt("dDPft:", func(opt byte, value string) error { return l.option(inv, opt, value) })
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	scandir, dir := inv.Args[0], inv.Args[1]
	switch "" {
	case scandir:
		return applet.Fatal(applet.ExitUsage, "invalid scandir: it is empty")
	case dir:
		return applet.Fatal(applet.ExitUsage, "invalid servicedir: it is empty")
	}
	name := filepath.Base(dir)
	if len(inv.Args) > 2 {
		name = inv.Args[2]
	}
	if !validName(name) {
		return applet.Fatal(applet.ExitUsage, "invalid name")
	}
	target := dir
	if real, err := sys.RealPath(dir); err == nil && !filepath.IsAbs(dir) { // what is not there is told of below
		target = real
	}
	return l.link(inv, scandir, dir, name, target)
}
