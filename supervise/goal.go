package supervise

import "strings"

// Goal is a state that a service is waited for.
type Goal struct {
	Up      bool // run lives; else it is dead
	Ready   bool // the service has said it is ready; down: finish is over as well
	Restart bool // it has to be down first
}

func (g Goal) String() string {
	var words []string
	if g.Restart {
		words = append(words, "restarted")
	} else if g.Up {
		words = append(words, "up")
	} else {
		words = append(words, "down")
	}
	if g.Ready {
		words = append(words, "ready")
	}
	return strings.Join(words, " and ")
}

// Outcome is how far a service has come on the way to its goal.
type Outcome int

// The outcomes. Pending and Reached follow the service up and down; the others are final.
const (
	Pending Outcome = iota
	Reached
	Failed // the supervisor gave the service up
	Died   // the supervisor itself has exited
)

// progress follows one service by the letters of its events.
type progress struct {
	goal      Goal
	up, ready bool
	wasDown   bool
	final     Outcome
}

func newProgress(goal Goal, s Status) progress {
	up := s.Up()
	return progress{goal: goal, up: up, ready: s.Ready, wasDown: !up}
}

// event takes in one letter. Those with another meaning than a change of state are ignored.
func (p *progress) event(letter byte) {
	switch letter {
	case 'u':
		p.up, p.ready = true, false
	case 'U':
		p.up, p.ready = true, true
	case 'd':
		p.up, p.ready, p.wasDown = false, false, true
	case 'D':
		p.up, p.ready, p.wasDown = false, true, true
	case 'O':
		if p.goal.Up && p.begun() && p.outcome() == Pending {
			p.final = Failed
		}
	case 'x':
		if o := p.outcome(); o == Pending {
			p.final = Died
		} else {
			p.final = o
		}
	}
}

// begun tells whether reaching the goal only takes the wanted state from here on.
func (p *progress) begun() bool { return !p.goal.Restart || p.wasDown || p.final != Pending }

func (p *progress) outcome() Outcome {
	switch {
	case p.final != Pending:
		return p.final
	case p.begun() && p.up == p.goal.Up && (p.ready || !p.goal.Ready):
		return Reached
	}
	return Pending
}
