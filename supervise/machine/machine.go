// Package machine decides what the supervisor of one service does: Step takes the state of the service and
// what happened, and returns the new state and what has to be done. It knows no process and no clock; the
// engine (package supervise) acts on its answers and feeds back what came of it.
//
//	                     Started                    RunDied
//	┌──────▶ Starting ─────────────▶ Up ─────────────────────────▶ Ending
//	│            │                   ▲ │ d D: down-signal, CONT      │  │
//	│ u U o      │ StartFailed       │ │ Notified: ready             │  │ FinishStarted
//	│ Timeout    │ StartRefused      └─┘ a b q h k t i 1 2 y p c     │  ▼
//	│            ▼                       P C K r l: signals          │ Finish ⟲ Timeout: KILL
//	└────────── Down ◀───────────────────────────────────────────────┘  │
//	             │  ▲             NoFinish                              │
//	             │  └───────────────────────────────────────────────────┘
//	           x │                FinishDied, FinishRefused (exit 125)
//	             ▼
//	            Gone   after x in Up or Finish (Last), this is where Down would be
//
// Down starts the service again on Timeout, if it is wanted up; the delay is chosen when Down is entered.
// The letters are those of the control fifo (page s6-svc), the files those of page servicedir.
package machine

import "strconv"

// Phase is where in its life a service is.
type Phase uint8

const (
	Down     Phase = iota // no process
	Starting              // Start is being done: Started, StartFailed or StartRefused comes next
	Up                    // run lives
	Ending                // run has died, RunFinish is being done: FinishStarted or NoFinish comes next
	Finish                // finish lives
	Gone                  // supervision has ended: nothing comes any more
)

func (p Phase) String() string {
	return [...]string{"down", "starting", "up", "ending", "finish", "gone"}[p]
}

// State is the state of one service. The zero value is not a state a service starts in; New makes that.
type State struct {
	Phase  Phase
	Last   bool // supervision ends when the service is down the next time
	WantUp bool // restart it when it dies
	Paused bool // stopped by p or P; in Down: never started, nor told to be up or down
	Ready  bool // up: readiness was notified; down: it can be started
	Ripe   bool // this instance of run has been ready
}

// New is the state of a service that was never started.
func New(wantUp bool) State {
	return State{Phase: Down, WantUp: wantUp, Paused: true, Ready: true}
}

// Event is what happens to a service: a byte read from its control fifo, or one of the constants.
type Event uint16

const (
	Started       Event = 256 + iota // run was started
	StartFailed                      // run could not be started, try again later
	StartRefused                     // run can't be started before somebody has changed something
	Notified                         // run wrote a newline to its notification fd
	RunDied                          // run died
	FinishStarted                    // finish was started
	NoFinish                         // there is no finish, or it could not be started
	FinishDied                       // finish died
	FinishRefused                    // finish exited 125: permanent failure
	Timeout                          // the deadline has passed
	Terminate                        // the supervisor received SIGTERM
	Hangup                           // SIGHUP
	Quit                             // SIGQUIT
	Interrupt                        // SIGINT
	events
)

// Op is a kind of action.
type Op uint8

const (
	Start         Op = iota // start run and feed Started, StartFailed or StartRefused
	RunFinish               // start finish and feed FinishStarted or NoFinish
	Signal                  // send the signal of letter Arg to the process; r and l are down-signal and reload-signal
	SignalGroup             // the same to the process group
	KillLate                // timeout-kill is over: KILL and CONT to the process, or its group if flag-timeout-killpg is there
	StampChange             // the time of the last change is now
	StampReady              // the time of the last readiness is now
	WriteStatus             // replace supervise/status
	Notify                  // write Arg to the event fifodir
	CloseNotify             // close the notification pipe
	Tally                   // add the death to the death tally
	CreateDown              // make ./down
	RemoveDown              // unlink ./down
	Detach                  // what is still started has /dev/null as stdin and stdout
	RestartRipe             // deadline: one second after readiness
	RestartThrown           // deadline: one second from now
	RestartLater            // deadline: a minute from now
	ArmKill                 // deadline: timeout-kill from now, unless one is set
	ArmFinish               // deadline: timeout-finish from now
	ArmAgain                // deadline: five seconds from now
	Disarm                  // no deadline
	Exit                    // supervision ends: notify x, let everything go
)

// Action is one thing to do. The actions of a step are done in order.
type Action struct {
	Op  Op
	Arg string
}

// Step answers event e in state s. An event that can't happen in a state is a mistake of the caller: Step
// panics.
func Step(s State, e Event) (State, []Action) {
	switch s.Phase {
	case Down:
		return down(s, e)
	case Starting:
		return starting(s, e)
	case Up:
		return up(s, e)
	case Ending:
		return ending(s, e)
	case Finish:
		return finish(s, e)
	}
	return impossible(s, e)
}

func down(s State, e Event) (State, []Action) {
	switch e {
	case 'u', 'U', 'o':
		s, acts := want(s, e)
		s.Paused = false
		return start(s, acts)
	case 'd', 'D', 'O', 'Q':
		s, acts := want(s, e)
		s.Paused = false
		return s, append(acts, Action{Op: Disarm}, Action{Op: WriteStatus})
	case Timeout:
		if s.WantUp {
			return start(s, nil)
		}
		return s, nil
	case 'x', Hangup, Terminate, Quit, Interrupt:
		return exit(s, nil)
	}
	return ignore(s, e)
}

func starting(s State, e Event) (State, []Action) {
	switch e {
	case Started:
		s.Phase, s.Paused, s.Ready, s.Ripe = Up, false, false, false
		return s, []Action{{Op: StampChange}, {Op: WriteStatus}, {Op: Notify, Arg: "u"}}
	case StartFailed:
		s.Phase = Down
		return s, []Action{{Op: WriteStatus}, {Op: RestartLater}}
	case StartRefused:
		s.Phase = Down
		return s, []Action{{Op: WriteStatus}}
	}
	return impossible(s, e)
}

func up(s State, e Event) (State, []Action) {
	switch e {
	case 'a', 'b', 'q', 'h', 'k', 't', 'i', '1', '2', 'y', 'r', 'l':
		return s, []Action{{Signal, letter(e)}}
	case 'p', 'c':
		s.Paused = e == 'p'
		return s, []Action{{Signal, letter(e)}, {Op: WriteStatus}}
	case 'P', 'C':
		s.Paused = e == 'P'
		return s, []Action{{SignalGroup, letter(e)}, {Op: WriteStatus}}
	case 'K':
		return s, []Action{{SignalGroup, "K"}}
	case 'u', 'U', 'o', 'O', 'Q':
		s, acts := want(s, e)
		return s, append(acts, Action{Op: WriteStatus})
	case 'd', 'D':
		return takeDown(s, e, nil)
	case 'x', Hangup:
		s.Last = true
		return s, []Action{{Op: Detach}}
	case Terminate:
		s.Last = true
		return takeDown(s, 'd', []Action{{Op: Detach}})
	case Interrupt:
		return exit(s, []Action{{SignalGroup, "i"}})
	case Quit:
		return exit(s, nil)
	case Notified:
		s.Ready, s.Ripe = true, true
		return s, []Action{{Op: StampReady}, {Op: WriteStatus}, {Op: Notify, Arg: "U"}, {Op: CloseNotify}}
	case Timeout:
		return s, []Action{{Op: KillLate}, {Op: ArmAgain}}
	case RunDied:
		s.Phase, s.Paused, s.Ready = Ending, false, false
		return s, []Action{{Op: Disarm}, {Op: StampChange}, {Op: CloseNotify}, {Op: Tally}, {Op: RunFinish}}
	}
	return ignore(s, e)
}

func ending(s State, e Event) (State, []Action) {
	switch e {
	case FinishStarted:
		s.Phase = Finish
		return s, []Action{{Op: WriteStatus}, {Op: Notify, Arg: "d"}, {Op: ArmFinish}}
	case NoFinish:
		return settle(s, "dD")
	}
	return impossible(s, e)
}

func finish(s State, e Event) (State, []Action) {
	switch e {
	case 'u', 'U', 'o', 'd', 'D', 'O', 'Q':
		s, acts := want(s, e)
		return s, append(acts, Action{Op: WriteStatus})
	case 'x', Hangup:
		s.Last = true
		return s, []Action{{Op: Detach}}
	case Terminate:
		s.Last, s.WantUp = true, false
		return s, []Action{{Op: Detach}, {Op: WriteStatus}}
	case Interrupt:
		return exit(s, []Action{{SignalGroup, "i"}})
	case Quit:
		return exit(s, nil)
	case Timeout:
		return s, []Action{{Signal, "c"}, {Signal, "k"}, {Op: ArmAgain}}
	case FinishDied:
		return settle(s, "D")
	case FinishRefused:
		s.WantUp = false
		return settle(s, "OD")
	}
	return ignore(s, e)
}

// want is what the letter e says about the wanted state and its default.
func want(s State, e Event) (State, []Action) {
	s.WantUp = e == 'u' || e == 'U'
	switch e {
	case 'D', 'Q':
		return s, []Action{{Op: CreateDown}}
	case 'U':
		return s, []Action{{Op: RemoveDown}}
	}
	return s, nil
}

func start(s State, acts []Action) (State, []Action) {
	s.Phase = Starting
	return s, append(acts, Action{Op: Disarm}, Action{Op: Start})
}

func takeDown(s State, e Event, before []Action) (State, []Action) {
	s, acts := want(s, e)
	s.Paused = false
	acts = append(before, acts...)
	return s, append(acts, Action{Signal, "r"}, Action{Signal, "c"}, Action{Op: ArmKill}, Action{Op: WriteStatus})
}

// settle is the end of a cycle: the service is down for good, or until the time of its next start.
func settle(s State, letters string) (State, []Action) {
	s.Phase, s.Ready = Down, true
	acts := []Action{{Op: Disarm}, {Op: StampReady}, {Op: WriteStatus}, {Notify, letters}}
	switch {
	case s.Last:
		return exit(s, acts)
	case s.WantUp && s.Ripe:
		acts = append(acts, Action{Op: RestartRipe})
	case s.WantUp:
		acts = append(acts, Action{Op: RestartThrown})
	}
	return s, acts
}

func exit(s State, acts []Action) (State, []Action) {
	s.Phase = Gone
	return s, append(acts, Action{Op: Exit})
}

// ignore lets bytes pass that mean nothing, or nothing in this state.
func ignore(s State, e Event) (State, []Action) {
	if e < 256 {
		return s, nil
	}
	return impossible(s, e)
}

func impossible(s State, e Event) (State, []Action) {
	panic("machine: event " + strconv.Itoa(int(e)) + " in state " + s.Phase.String())
}

func letter(e Event) string { return string(rune(e)) }
