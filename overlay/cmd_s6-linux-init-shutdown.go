package overlay

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/zone"
	"s6box/overlay/shutdown"
	"s6box/overlay/utmp"
)

var (
	cmdS6LinuxInitShutdown = applet.Applet{Name: "s6-linux-init-shutdown", Usage: shutdownUsage, Help: shutdownHelp, Run: runShutdown}
	cmdShutdown            = applet.Applet{Name: "shutdown", Usage: shutdownUsage, Help: shutdownHelp, Run: runShutdown}
)

const shutdownUsage = "[ -h [ -H | -P ] | -p | -r | -k ] [ -f | -F ] [ -a ] [ -i ] [ -t sec ] time [ message ]  or  -c [ message ]"

const shutdownHelp = `Stops the container at a time: now, +N or N (minutes), or HH:MM. Without -h, -p or -r only the services are
brought down. Nobody is logged in to a container, so messages reach no one.

  -h       halt; with -P power off, with -H halt
  -p       power off: the container ends as if by SIGINT
  -r       reboot: the container ends as if by SIGHUP
  -k       only send the message
  -t SEC   seconds between SIGTERM and SIGKILL for what is left in the end
  -c       cancel what an earlier call has planned
  -i       ask for the name of the host first
  -a       only if a user of /etc/shutdown.allow is logged in, where there is such a file
  -f, -F   accepted

Exit codes: 100 wrong usage, 111 there is no /init at work.

Example: s6-linux-init-shutdown -h -- +5
`

func runShutdown(inv *applet.Invocation) error {
	o, err := parseShutdown(inv)
	if err != nil || o.warnOnly {
		return err
	}
	if o.allow {
		if err := authorized(); err != nil {
			return err
		}
	}
	if o.ask {
		if err := confirm(inv); err != nil {
			return err
		}
	}
	if err := o.order.Send(inv.Proc.Env); err != nil {
		return notSent(inv, err, applet.ExitSystem)
	}
	return nil
}

// shutdownOptions is what a command line of shutdown asks for.
type shutdownOptions struct {
	order                shutdown.Order
	warnOnly, allow, ask bool
}

func parseShutdown(inv *applet.Invocation) (shutdownOptions, error) {
	o := shutdownOptions{order: shutdown.Order{Action: 'S'}}
	var halt, off, cancel bool
	seconds := uint64(0)
	err := inv.Getopt("hpPHrkafFicnt:", func(opt byte, value string) error {
		switch opt {
		case 'h', 'p', 'r':
			halt = halt || opt == 'h'
			o.order.Action = opt
		case 'P':
			off = true
		case 'k':
			o.warnOnly = true
		case 'a':
			o.allow = true
		case 'i':
			o.ask = true
		case 'c':
			cancel = true
		case 't':
			return inv.Uint(&seconds)(value)
		}
		return nil
	})
	if err != nil {
		return o, err
	}
	if cancel {
		o.order = shutdown.Order{Action: 'c'}
		return o, nil
	}
	if len(inv.Args) == 0 {
		return o, inv.UsageError()
	}
	if halt && off {
		o.order.Action = 'p'
	}
	o.order.Delay, err = delay(inv.Args[0], time.Now().In(zone.Local(inv.Proc.Env.Get("TZ"))))
	o.order.Grace = min(time.Duration(seconds)*time.Second, shutdown.LongestGrace)
	return o, err
}

// authorized wants one of those who may stop the machine to be logged in, where a file says who may.
func authorized() error {
	const file, longest = "/etc/shutdown.allow", 1 << 20
	list, err := sys.ReadFile(sys.AT, file, longest)
	if err == unix.ENOENT {
		return nil
	}
	if err != nil {
		return applet.System(err, "read %s", file)
	}
	users, err := utmp.Users(utmp.File)
	if err != nil {
		return applet.System(err, "read %s", utmp.File)
	}
	if !anyAllowed(string(list), users) {
		return applet.Fatal(1, "no authorized users logged in")
	}
	return nil
}

// anyAllowed tells whether a list, a name a line and comments, holds one of the users.
func anyAllowed(list string, users []string) bool {
	for line := range strings.Lines(list) {
		name := strings.TrimSpace(line)
		if name != "" && name[0] != '#' && slices.Contains(users, name) {
			return true
		}
	}
	return false
}

// delay is how long it is until the time that word names: now, [+]minutes or hh:mm.
func delay(word string, now time.Time) (time.Duration, error) {
	invalid := applet.Fatal(applet.ExitUsage, "invalid time format: %s (now, [+]minutes or hh:mm)", word)
	if word == "now" {
		return 0, nil
	}
	hour, minute, clock := strings.Cut(word, ":")
	if !clock {
		n, ok := applet.ParseUint(strings.TrimPrefix(word, "+"))
		if !ok || n > 1<<24 {
			return 0, invalid
		}
		return time.Duration(n) * time.Minute, nil
	}
	h, okh := applet.ParseUint(hour)
	m, okm := applet.ParseUint(minute)
	if !okh || !okm || len(hour) > 2 || len(minute) != 2 || h > 23 || m > 59 {
		return 0, invalid
	}
	at := time.Date(now.Year(), now.Month(), now.Day(), int(h), int(m), 0, 0, now.Location())
	if at.Before(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at.Sub(now), nil
}
