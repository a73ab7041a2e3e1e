package logging

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdS6Log = applet.Applet{
	Name:  "s6-log",
	Usage: "[ -d notif ] [ -q | -v ] [ -b ] [ -p ] [ -l linelimit ] [ -t lastlinetimeout ] [ -- ] logging_script",
	Help: `Logs the lines of its standard input as its script says, into directories that it rotates, until the
input ends or SIGTERM or SIGHUP comes. SIGALRM rotates every directory.

  -d FD   write a newline to this descriptor when ready
  -b      read on only when everything is written
  -p      ignore SIGTERM
  -q, -v  say less, say more
  -l N    split lines longer than N bytes: 8192, at least 48, 0 for never
  -t MS   how long to wait for the rest of a last line: 2000, 0 for ever

Words of the script, in order. Which lines:
  +REGEX  and these          -REGEX  but not these          f  those no action has had
For the actions behind (but t and T: the next one only):
  nN archived files: 10      sN bytes of a file: 99999      SN bytes of all archived files: any
  lN tolerance: 2000         rN retry after ms: 2000        RN rotate every N seconds: never
  EN bytes of an alert: 200  ^N bytes of a status: 1001     pTEXT prefix
  !PROG, ?PROG  what processes a file before it is archived: an execline or a shell command line
  t TAI64N stamp             T local time
Actions:
  1 standard output          2 standard error               =FILE replace FILE by the line
  /DIR, ./DIR  log into the directory

Exit codes: 0 at the end, 100 wrong usage or script, 111 a directory can't be used.

Example: s6-log -b n20 s1000000 T /var/log/app
`,
	Run: runLog,
}

func runLog(inv *applet.Invocation) error {
	o := options{verbose: 1, limit: 8192, timeout: 2000}
	err := inv.Getopt("qvbpl:t:d:", func(opt byte, value string) error {
		switch opt {
		case 'q':
			o.verbose -= min(o.verbose, 1)
		case 'v':
			o.verbose++
		case 'b':
			o.blocking = true
		case 'p':
			o.protect = true
		case 'l':
			err := inv.Uint(&o.limit)(value)
			if o.limit > 0 {
				o.limit = max(o.limit, 48)
			}
			return err
		case 't':
			return inv.Uint(&o.timeout)(value)
		case 'd':
			return notification(inv, &o, value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	steps, trailing, err := parseScript(inv.Args)
	if err != nil {
		return err
	}
	l, err := newLogger(inv, o, steps)
	if err != nil {
		return err
	}
	if trailing {
		l.warn("ignoring extraneous non-action directives (they are behind the last action)")
	}
	if o.notif > 0 {
		unix.Write(int(o.notif), []byte("\n"))
		unix.Close(int(o.notif))
	}
	return l.run()
}

func notification(inv *applet.Invocation, o *options, value string) error {
	if err := inv.Uint(&o.notif)(value); err != nil {
		return err
	}
	if o.notif < 3 {
		return applet.Fatal(applet.ExitUsage, "notification fd must be 3 or more")
	}
	if _, err := inv.Proc.FD(int(o.notif)); err != nil {
		return applet.Fatal(applet.ExitUsage, "invalid notification fd: %s", applet.Reason(err))
	}
	return nil
}
