package supervise

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"s6box/internal/applet"
	"s6box/internal/rundir"
	"s6box/internal/sys"
)

// exitDied is the exit code for a supervisor that exited, or isn't there.
const exitDied = 102

// waitHelp explains the options of every command that waits for services.
const waitHelp = `  -u   up: the run script has been started (the default)
  -U   up and ready, as the service itself has said; see notification-fd
  -d   down: the run script is dead
  -D   down and ready to be started again: the finish script has ended as well
  -r   restarted: down, then up
  -R   restarted and ready
`

const waitCodes = `Exit codes: 0 reached, 99 timed out, 102 a supervisor died, 111 system call failed; n: n services
failed permanently, that is, their finish script exited 125.
`

// waiting is what the options of the commands that wait for services say.
type waiting struct {
	goal    Goal
	any     bool
	timeout uint64 // milliseconds, 0: none
}

// set takes in the option letters u U d D r R, a and o, and t with its value.
func (w *waiting) set(inv *applet.Invocation) func(opt byte, value string) error {
	w.goal.Up = true
	return func(opt byte, value string) error {
		switch opt {
		case 'a', 'o':
			w.any = opt == 'o'
		case 't':
			return inv.Uint(&w.timeout)(value)
		default:
			w.goal = goalOf(opt)
		}
		return nil
	}
}

// goalOf returns the goal that one of the letters u U d D r R stands for.
func goalOf(letter byte) Goal {
	ready := letter == 'U' || letter == 'D' || letter == 'R'
	switch letter {
	case 'd', 'D':
		return Goal{Ready: ready}
	case 'r', 'R':
		return Goal{Up: true, Ready: ready, Restart: true}
	}
	return Goal{Up: true, Ready: ready}
}

// operand is how to get at a directory that is named on the command line, or a file in it.
func operand(inv *applet.Invocation, dir string) (string, error) {
	return inv.Proc.Path(rundir.Locate(inv.Proc.Env, dir))
}

// followAll starts to follow the services in dirs.
func followAll(inv *applet.Invocation, dirs []string, goal func(dir string) Goal, any bool) (*Followers, error) {
	ws := &Followers{Any: any}
	for _, dir := range dirs {
		path, err := operand(inv, dir)
		if err != nil {
			return nil, err
		}
		w, err := Follow(sys.AT, path, goal(dir))
		var why *FollowError
		switch {
		case errors.As(err, &why):
			ws.Release()
			return nil, applet.System(why.Err, "%s %s", why.Op, dir)
		case err != nil:
			ws.Release()
			return nil, err
		}
		w.Dir = dir
		ws.All = append(ws.All, w)
	}
	return ws, nil
}

// await waits for the services and says what became of those that did not reach their goal.
func await(ws *Followers, deadline time.Time) error {
	settled, err := ws.Wait(deadline)
	if err != nil {
		return applet.System(err, "wait for events")
	}
	if !settled {
		return applet.Fatal(applet.ExitDone, "timed out: %s", ws.names(Pending, Pending))
	}
	failed := 0
	died := false
	for _, w := range ws.All {
		switch w.outcome() {
		case Failed:
			failed++
		case Died:
			died = true
		}
	}
	if ws.Any && ws.anyReached() {
		return nil
	}
	code := min(failed, applet.ExitDone-1)
	if died {
		code = exitDied
	}
	if code == 0 {
		return nil
	}
	return applet.Fatal(code, "some services reported permanent failure or their supervisor died: %s", ws.names(Failed, Died))
}

func (ws *Followers) anyReached() bool {
	for _, w := range ws.All {
		if w.outcome() == Reached {
			return true
		}
	}
	return false
}

// names lists the services with an outcome from least on: the first few by name.
func (ws *Followers) names(least, most Outcome) string {
	const shown = 8
	var list strings.Builder
	count := 0
	for _, w := range ws.All {
		o := w.outcome()
		if o < least || o > most {
			continue
		}
		if count++; count > shown {
			continue
		}
		if count > 1 {
			list.WriteString(", ")
		}
		list.WriteString(w.Dir + " " + w.state())
	}
	if count > shown {
		list.WriteString(" and " + strconv.Itoa(count-shown) + " more")
	}
	return list.String()
}

// state describes a service that is not where it should be.
func (w *Follower) state() string {
	switch w.outcome() {
	case Failed:
		return "failed permanently"
	case Died:
		return "has no supervisor"
	}
	return "is not " + w.goal.String()
}
