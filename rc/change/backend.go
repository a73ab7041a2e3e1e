// Package change carries out state changes: it takes the steps of a plan as they become possible, through a
// backend that knows how to talk to supervisors, and records each success in the live directory.
package change

import (
	"errors"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/supervise"
)

// Op is what is done to a service.
type Op byte

const (
	Up Op = iota
	Down
	Reload
)

func (op Op) String() string { return [...]string{"up", "down", "reload"}[op] }

// verb is the operation as messages word it: unable to VERB, VERBing.
func (op Op) verb() string { return [...]string{"start", "stop", "reload"}[op] }

// Transition is one thing to do.
type Transition struct {
	Service  int // number in the database
	Name     string
	Longrun  bool
	Op       Op
	Notifies bool          // a longrun that says when it is ready: Up waits for that
	Timeout  time.Duration // after that it has failed; 0: never
}

// Result is how a transition ended. The zero Result is success.
type Result struct {
	Code   int         // exit code of the oneshot's script, or what s6-svc or s6-sudo would have exited with
	Signal unix.Signal // or the signal that killed the script
	Why    string      // what happened, for people
}

// OK tells whether the transition succeeded.
func (r Result) OK() bool { return r.Code == 0 && r.Signal == 0 }

// Exit codes of the commands that stand for transitions of longruns.
const (
	codeGaveUp       = 1   // the supervisor gave the service up
	codeTimeout      = 99  // it took too long
	codeNoSupervisor = 102 // there is no supervisor
	codeSystem       = 111 // a system call failed
)

// Ended is the Result of a script that ended with status.
func Ended(status proc.Status) Result {
	r := Result{Code: status.Approx()}
	if sig := status.Signal(); sig != 0 {
		r.Why = "killed by " + signalName(sig)
	}
	return r
}

// gaveUp is the Result of a longrun whose supervisor has stopped trying.
func gaveUp() Result {
	return Result{Code: codeGaveUp, Why: "permanent failure: its finish script exited 125"}
}

// noSupervisor is the Result for a longrun that nobody supervises.
func noSupervisor() Result {
	return Result{Code: codeNoSupervisor, Why: "it has no supervisor: does s6-svscan run, and is the service in its scan directory?"}
}

// timedOut is the Result of a transition that did not end within its timeout.
func timedOut(t Transition) Result {
	r := Result{Code: codeTimeout, Why: "timed out after " + milliseconds(t.Timeout)}
	switch {
	case !t.Longrun:
		r.Code = codeSystem
	case t.Op == Up && t.Notifies:
		r.Why += " without becoming ready"
	}
	return r
}

// late is the Result of a transition of a longrun that did not end within its timeout, when its supervisor tells s.
func late(t Transition, s supervise.Status) Result {
	r := timedOut(t)
	if t.Op == Up && !s.Up() { // it is about to be started again
		if sig := s.Exit.Signal(); sig != 0 {
			r.Why += ": its run script was killed by " + signalName(sig)
		} else {
			r.Why += ": its run script exited " + strconv.Itoa(s.Exit.Approx())
		}
	}
	return r
}

// Failed is the Result of a transition that a system call spoiled.
func Failed(err error) Result { return Result{Code: codeSystem, Why: err.Error()} }

// notStarted is the Result of a longrun whose supervisor can't start it.
func notStarted() Result {
	return Result{Code: codeSystem, Why: "its run file could not be started; the supervisor has said why"}
}

// aborted is the Result of a longrun that is no longer waited for.
func aborted() Result { return Result{Signal: unix.SIGTERM, Why: "no longer waited for"} }

// controlled is the Result of an attempt to control a longrun.
func controlled(err error) Result {
	switch {
	case err == nil:
		return Result{}
	case errors.Is(err, supervise.ErrNotListening):
		return noSupervisor()
	}
	return Failed(errors.New(applet.Reason(err)))
}

func signalName(sig unix.Signal) string {
	if name := unix.SignalName(sig); name != "" {
		return name
	}
	return "signal " + strconv.Itoa(int(sig))
}

func milliseconds(d time.Duration) string {
	return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
}

// Backend makes transitions happen.
type Backend interface {
	// Start begins a transition and returns without waiting for it. done is called once with its result,
	// from any goroutine, maybe before Start returns.
	Start(t Transition, done func(Result))
	// Control sends letters to the supervisor of a longrun, as s6-svc does, and does not wait.
	Control(name, letters string) error
	// Abort ends the transitions of longruns that are under way, as aborted. Oneshots go on: what they have
	// done so far could not be known.
	Abort()
}
