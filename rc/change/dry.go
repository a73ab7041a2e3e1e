package change

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"s6box/internal/proc"
	"s6box/rc/db"
	"s6box/rc/live"
)

// Dry is the backend that only says what would be run. Every transition succeeds after Throttle.
type Dry struct {
	Live      *live.Dir
	DB        *db.DB
	Bindir    string  // where the commands are that it names
	Out       proc.FD // where it says them
	Throttle  time.Duration
	Verbosity uint64
	mu        sync.Mutex
}

func (d *Dry) Start(t Transition, done func(Result)) {
	if d.Verbosity > 0 {
		d.mu.Lock()
		d.Out.Write([]byte("s6-rc-dryrun: " + strings.Join(d.command(t), " ") + "\n"))
		d.mu.Unlock()
	}
	if d.Throttle == 0 {
		done(Result{})
		return
	}
	time.AfterFunc(d.Throttle, func() { done(Result{}) })
}

// Control does nothing.
func (d *Dry) Control(string, string) error { return nil }

// Abort does nothing: there is nothing to end.
func (d *Dry) Abort() {}

// command is the command line that s6-rc stands in for.
func (d *Dry) command(t Transition) []string {
	timeout := strconv.FormatInt(t.Timeout.Milliseconds(), 10)
	if t.Longrun {
		options := "-dwD"
		switch {
		case t.Op == Reload:
			options = "-l"
		case t.Op == Up && d.Live.Notifies(t.Name):
			options = "-uwU"
		case t.Op == Up:
			options = "-uwu"
		}
		return []string{d.Bindir + "/s6-svc", options, "-T", timeout, "--", d.Live.Servicedir(t.Name)}
	}
	verbose := "-el0"
	if d.Verbosity >= 4 {
		verbose = "-vel0"
	}
	return []string{d.Bindir + "/s6-sudo", verbose, "-t", "30000", "-T", timeout, "--",
		d.Live.Servicedir(db.OneshotRunner) + "/s", t.Op.String(), strconv.Itoa(t.Service), " #", t.Name}
}
