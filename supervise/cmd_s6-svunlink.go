package supervise

import "s6box/internal/applet"

var cmdS6Svunlink = applet.Applet{
	Name:  "s6-svunlink",
	Usage: "[ -X ] [ -t timeout ] scandir servicename",
	Help: `Removes a link of s6-svlink from a scan directory and waits until the supervisors of the service and of its
logger have ended. A service that is not there, or does not end in time, is no error.

  -X     do not wait
  -t MS  wait no longer than MS milliseconds

Exit codes: 0 done, 100 wrong usage, 111 system call failed.

Example: s6-svunlink -t 5000 /run/service web
`,
	Run: runSvunlink,
}

func runSvunlink(inv *applet.Invocation) error {
	var u unlinking
	err := inv.Getopt("Xt:", func(opt byte, value string) error { return u.option(inv, opt, value) })
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	if !validName(inv.Args[1]) {
		return applet.Fatal(applet.ExitUsage, "invalid service name")
	}
	return u.unlink(inv, inv.Args[0], inv.Args[1])
}
