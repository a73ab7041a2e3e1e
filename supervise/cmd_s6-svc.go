package supervise

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Svc = applet.Applet{
	Name:  "s6-svc",
	Usage: "[ -wu | -wU | -wd | -wD | -wr | -wR ] [ -T timeout ] [ -s signal | -abqhkti12pcyrlPCK ] [ -oduDUxOQ ] servicedirs...",
	Help: `Sends commands to the supervisors of services, in the order of the options.

  -u   up: start the service, and again whenever it dies
  -d   down: end it (SIGTERM or what down-signal says, then SIGCONT) and leave it down
  -o   once: start it, but not again (-uO)
  -O   at most once: do not start it again
  -U -D -Q   as -u -d -O, and remove or create the file down, for the next supervisor
  -r   restart: end it and have it started again (the service has to be wanted up)
  -l   reload: send SIGHUP, or what reload-signal says
  -x   exit: the supervisor exits once the service is down
  -s SIGNAL  send a signal: one of the following, by name or number
  -a -b -q -h -k -t -i -1 -2 -p -c -y   send SIGALRM, ABRT, QUIT, HUP, KILL, TERM, INT, USR1, USR2, STOP, CONT, WINCH
  -P -C -K   send STOP, CONT, KILL to the process group

  -wu -wU -wd -wD -wr -wR   then wait until the services are up, up and ready, down, down and finished,
       restarted, restarted and ready. Without a notification-fd, U and R are as u and r
  -T MS  wait no longer than MS milliseconds

Exit codes: 0 done, 99 timed out, 100 wrong usage, 102 no supervisor runs on a servicedir, 111 system call
failed; with -w also n: n services failed permanently. All servicedirs are handled; the last error counts.

Example: s6-svc -wU -T 5000 -u /run/service/web
`,
	Run: runSvc,
}

// letterOf is the letter of each signal that can be sent.
func letterOf(sig unix.Signal) (letter byte, ok bool) {
	switch sig {
	case unix.SIGALRM:
		letter = 'a'
	case unix.SIGABRT:
		letter = 'b'
	case unix.SIGQUIT:
		letter = 'q'
	case unix.SIGHUP:
		letter = 'h'
	case unix.SIGKILL:
		letter = 'k'
	case unix.SIGTERM:
		letter = 't'
	case unix.SIGINT:
		letter = 'i'
	case unix.SIGUSR1:
		letter = '1'
	case unix.SIGUSR2:
		letter = '2'
	case unix.SIGSTOP:
		letter = 'p'
	case unix.SIGCONT:
		letter = 'c'
	case unix.SIGWINCH:
		letter = 'y'
	}
	return letter, letter != 0
}

// mostLetters is how many commands one call may send.
const mostLetters = 62

// svc is what the options of s6-svc say.
type svc struct {
	letters []byte
	wait    byte // letter of -w, 0: none
	timeout uint64
}

func runSvc(inv *applet.Invocation) error {
	var c svc
	err := inv.Getopt("abqhkti12pcyrlPCKoduDUxOQw:T:s:", func(opt byte, value string) error {
		switch opt {
		case 'w':
			if value == "" || !strings.Contains("uUdDrR", value[:1]) {
				return inv.UsageError()
			}
			c.wait = value[0]
			return nil
		case 'T':
			return inv.Uint(&c.timeout)(value)
		case 's':
			return c.signal(value)
		}
		return c.add(opt)
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	if slices.Contains(inv.Args, "") {
		return applet.Fatal(applet.ExitUsage, "invalid service path: it is empty")
	}
	if c.wait == 0 {
		return c.send(inv, nil)
	}
	return c.sendAndWait(inv)
}

func (c *svc) add(letter byte) error {
	if len(c.letters) == mostLetters {
		return applet.Fatal(applet.ExitUsage, "too many commands")
	}
	c.letters = append(c.letters, letter)
	return nil
}

func (c *svc) signal(name string) error {
	sig, ok := sys.Signal(name)
	if !ok {
		return applet.Fatal(applet.ExitUsage, "invalid signal: %s", name)
	}
	letter, ok := letterOf(sig)
	if !ok {
		return applet.Fatal(applet.ExitUsage, "%s is not in the list of user-available signals", name)
	}
	return c.add(letter)
}

// send sends the letters to every service. A failure is reported and does not stop it; the last one is the
// exit code. Services that can't be told are not followed any more in ws, if there is one.
func (c *svc) send(inv *applet.Invocation, ws *Followers) error {
	code := 0
	told := func(dir string) bool {
		path, err := operand(inv, dir)
		if err == nil {
			err = Control(sys.AT, path, string(c.letters))
		}
		if err == nil {
			return true
		}
		code = applet.ExitSystem
		if errors.Is(err, ErrNotListening) {
			code = exitDied
		}
		inv.Warn("unable to control %s: %s", dir, applet.Reason(err))
		return false
	}
	if ws != nil {
		ws.Keep(func(w *Follower) bool { return told(w.Dir) })
		return applet.Exit(code)
	}
	for _, dir := range inv.Args {
		told(dir)
	}
	return applet.Exit(code)
}

func (c *svc) sendAndWait(inv *applet.Invocation) error {
	deadline := sys.Deadline(c.timeout)
	ws, err := followAll(inv, inv.Args, func(dir string) Goal { return c.goal(inv, dir) }, false)
	if err != nil {
		return err
	}
	defer ws.Release()
	if len(c.letters) > 0 {
		err = c.send(inv, ws)
	}
	if waited := await(ws, deadline); waited != nil {
		return waited
	}
	return err
}

// goal is the state to wait for in dir. A service that never says it is ready is not waited for to say so.
func (c *svc) goal(inv *applet.Invocation, dir string) Goal {
	goal := goalOf(c.wait)
	if !goal.Up || !goal.Ready {
		return goal
	}
	file := strings.TrimSuffix(dir, "/") + "/notification-fd"
	path, err := operand(inv, file)
	if err != nil {
		return goal
	}
	if exists, err := sys.Exists(sys.AT, path); err == nil && !exists {
		inv.Warn("%s not present - ignoring request for readiness notification", file)
		goal.Ready = false
	}
	return goal
}
