package update

import (
	"s6box/rc/db"
	"s6box/rc/live"
)

// Plan is what an update does to services.
type Plan struct {
	Old, New *db.DB
	Stop     []bool     // old services that are up and do not stay
	Start    []bool     // new services to bring up; what they need comes with them
	State    live.State // of the new services between stopping and starting
	Reuse    []int      // by new longrun: the old one whose service directory and supervisor go on, or db.None

	targets []target
	state   live.State // of the old services
}

// New plans the update from one database to another. The error is an *Error.
func New(old, neu *db.DB, state live.State, conversions []Conversion) (*Plan, error) {
	p := &Plan{Old: old, New: neu, state: state}
	var err error
	if p.targets, err = targets(old, neu, conversions); err != nil {
		return nil, err
	}
	p.decide()
	return p, nil
}

// decide finds which services stop and start. A service that is up stays if it is the same in both databases,
// nobody asked for a restart, and all it depends on, in either of them, stays.
func (p *Plan) decide() {
	origin := p.origins()
	p.Stop = make([]bool, len(p.Old.Services))
	var fallen []int // old services that turned out not to stay
	fell := func(n int) {
		if p.state.Up(n) && !p.Stop[n] {
			p.Stop[n] = true
			fallen = append(fallen, n)
		}
	}
	for n, t := range p.targets {
		if !t.same || t.restart {
			fell(n)
			continue
		}
		for _, d := range p.New.Services[t.numbers[0]].Deps {
			if o := origin[d]; o < 0 || !p.state.Up(o) {
				fell(n)
			}
		}
	}
	rnew, rold := p.New.Graph().Reverse(), p.Old.Graph().Reverse()
	for len(fallen) > 0 {
		n := fallen[len(fallen)-1]
		fallen = fallen[:len(fallen)-1]
		for _, r := range rold[n] {
			fell(r)
		}
		if t := &p.targets[n]; t.same {
			for _, r := range rnew[t.numbers[0]] {
				if o := origin[r]; o >= 0 {
					fell(o)
				}
			}
		}
	}
	p.Start = make([]bool, len(p.New.Services))
	for n, t := range p.targets {
		if p.Stop[n] {
			for _, m := range t.numbers {
				p.Start[m] = true
			}
		}
	}
}

// origins returns, for every new service, the old one that it continues, or -1.
func (p *Plan) origins() []int {
	origin := make([]int, len(p.New.Services))
	for m := range origin {
		origin[m] = -1
	}
	for n, t := range p.targets {
		if t.same {
			origin[t.numbers[0]] = n
		}
	}
	return origin
}

// Stopped takes in the state of the old services after those of Stop were stopped, and says what state and
// which supervisors the new ones begin with. A service that was not stopped, because it is essential or one
// that is depends on it, stays if it can.
func (p *Plan) Stopped(state live.State) {
	p.state = state
	p.State = make(live.State, len(p.New.Services))
	p.Reuse = make([]int, p.New.Longruns)
	for m := range p.Reuse {
		p.Reuse[m] = db.None
	}
	for n, t := range p.targets {
		if !t.same {
			continue
		}
		m := t.numbers[0]
		stays := p.state.Up(n)
		p.State[m] = p.state[n] // with the mark of having been asked for by name, be it up or down
		// A longrun that starts anew under another name gets a supervisor of that name.
		if p.New.IsLongrun(m) && (stays || p.Old.Services[n].Name == p.New.Services[m].Name) {
			p.Reuse[m] = n
		}
	}
}

// Lost returns the old services that are up and have no place in the new database.
func (p *Plan) Lost() (names []string) {
	for n, t := range p.targets {
		if p.state.Up(n) && !t.same {
			names = append(names, p.Old.Services[n].Name)
		}
	}
	return names
}

// Named returns the new services whose forebears were asked for by name in the state before.
func (p *Plan) Named(before live.State) []bool {
	named := make([]bool, len(p.New.Services))
	for n, t := range p.targets {
		if before.Named(n) {
			for _, m := range t.numbers {
				named[m] = true
			}
		}
	}
	return named
}
