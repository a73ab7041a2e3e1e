package supervise

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

var cmdS6Permafailon = applet.Applet{
	Name:  "s6-permafailon",
	Usage: "seconds deathcount statuslist prog...",
	Help: `For finish scripts: exits 125, which tells the supervisor not to start the service again, if its process has
died at least deathcount times in the last seconds in one of the ways listed. Otherwise it executes prog.

The list is separated by commas: exit codes (1), intervals of exit codes (101-103), signals (SIGSEGV, sig11).

Exit codes: 125 the service fails for good, 100 wrong usage, 111 system call failed.

Example: s6-permafailon 60 5 1,101-103,SIGSEGV,SIGBUS s6-true
`,
	Chain: runPermafailon,
}

func runPermafailon(inv *applet.Invocation) (rest []string, err error) {
	if err := inv.Getopt("", nil); err != nil {
		return nil, err
	}
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	var seconds, count uint64
	if err := inv.Uint(&seconds)(inv.Args[0]); err != nil {
		return nil, err
	}
	if err := inv.Uint(&count)(inv.Args[1]); err != nil {
		return nil, err
	}
	if count == 0 {
		return nil, inv.UsageError()
	}
	causes, err := parseCauses(inv.Args[2])
	if err != nil {
		return nil, err
	}
	path, err := inv.Proc.Path(".")
	if err != nil {
		return nil, err
	}
	deaths, err := readDeaths(sys.AT, path)
	if exists, _ := sys.Exists(sys.AT, path+"/"+deathsFile); err == nil && !exists {
		err = unix.ENOENT
	}
	if err != nil {
		inv.Warn("unable to read %s: %s", deathsFile, applet.Reason(err))
	}
	if last, ok := causes.reached(deaths, count, seconds, tai.Now()); ok {
		inv.Info("PERMANENT FAILURE triggered after %d events involving %s in the last %d seconds", count, last, seconds)
		return nil, applet.Exit(permanentFailure)
	}
	return inv.Args[3:], nil
}

// causes is a set of ways to die.
type causes struct {
	codes   [256]bool
	signals [65]bool
}

func parseCauses(list string) (*causes, error) {
	c := &causes{}
	if strings.HasPrefix(list, ",") {
		return nil, applet.Fatal(applet.ExitUsage, "invalid status list specification: %s", list)
	}
	for word := range strings.SplitSeq(list, ",") {
		if word == "" {
			continue
		}
		if err := c.add(word); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *causes) add(word string) error {
	if '0' <= word[0] && word[0] <= '9' {
		return c.addCodes(word)
	}
	name := word
	if len(name) > 3 && strings.EqualFold(name[:3], "sig") {
		name = name[3:]
	}
	sig, ok := sys.Signal(name)
	if !ok || int(sig) >= len(c.signals) {
		return applet.Fatal(applet.ExitUsage, "invalid status list specification: %s", word)
	}
	c.signals[sig] = true
	return nil
}

func (c *causes) addCodes(word string) error {
	first, last, interval := strings.Cut(word, "-")
	if !interval {
		last = first
	}
	low, lok := applet.ParseUint(first)
	high, hok := applet.ParseUint(last)
	switch {
	case !lok || !hok || low > 255 || high > 255:
		return applet.Fatal(applet.ExitUsage, "invalid exit code: %s", word)
	case low > high:
		return applet.Fatal(applet.ExitUsage, "invalid interval: %s", word)
	}
	for code := low; code <= high; code++ {
		c.codes[code] = true
	}
	return nil
}

// reached tells whether count of the deaths have one of the causes and lie within the last seconds, and the
// cause of the newest.
func (c *causes) reached(deaths []death, count, seconds uint64, now tai.Stamp) (last string, ok bool) {
	window := time.Duration(min(seconds, uint64(1<<63-1)/uint64(time.Second))) * time.Second
	since := now.Add(-window)
	for _, d := range slices.Backward(deaths) {
		if d.Stamp.Before(since) || !c.codes[d.Code] && !c.bySignal(d) {
			continue
		}
		if last == "" {
			last = "exit code " + strconv.Itoa(int(d.Code))
			if d.Signal != 0 {
				last = "signal " + strconv.Itoa(int(d.Signal))
			}
		}
		if count--; count == 0 {
			return last, true
		}
	}
	return "", false
}

func (c *causes) bySignal(d death) bool {
	return d.Signal != 0 && int(d.Signal) < len(c.signals) && c.signals[d.Signal]
}
