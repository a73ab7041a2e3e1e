package plan

// Request says what is to become of which services.
type Request struct {
	Deps Graph  // who depends on what
	Up   []bool // the state of every service
	Want []bool // the services asked for; the plan adds what they need
	Down bool   // bring them down, and what depends on them, instead of up
	Keep []bool // with Down: services that must not be stopped; nil for none
}

// Action is what is to be done with a service whose turn has come.
type Action byte

const (
	Run     Action = iota // make the transition
	Already               // nothing: it is in that state
	Keep                  // nothing: it must not be stopped, and so nothing it depends on will be
)

// Step is one service whose turn has come.
type Step struct {
	Service int
	Action  Action
}

// Plan is a state change in one direction while it is carried out: which services can be processed now.
// A service's turn comes when everything it depends on is up (or everything that depends on it is down).
type Plan struct {
	req     Request
	closed  []bool // the services asked for and all that they need
	next    Graph  // who may be waiting for a service
	pending []int  // how many of the services it waits for are not yet in place
	turn    []bool // the service's turn has come
}

// New makes the plan for a request and returns the steps that can be taken at once.
// The services of the request are taken from the highest number down, as s6-rc does.
func New(req Request) (*Plan, []Step) {
	p := &Plan{req: req, closed: make([]bool, len(req.Deps)), turn: make([]bool, len(req.Deps))}
	copy(p.closed, req.Want)
	needs, next := req.Deps, req.Deps.Reverse()
	if req.Down {
		needs, next = next, needs
	}
	needs.Close(p.closed)
	p.next = next
	p.pending = make([]int, len(needs))
	for i, deps := range needs {
		p.pending[i] = len(deps)
	}
	var steps []Step
	for i := len(needs) - 1; i >= 0; i-- {
		if p.pending[i] == 0 && p.closed[i] && !p.turn[i] {
			steps = p.take([]int{i}, steps)
		}
	}
	return p, steps
}

// Done records that the transition of service i succeeded and returns the steps that can be taken now.
func (p *Plan) Done(i int) []Step { return p.take(p.release(i, nil), nil) }

// take takes the turn of the services given and of those they release without any transition.
func (p *Plan) take(services []int, steps []Step) []Step {
	for len(services) > 0 {
		last := len(services) - 1
		i := services[last]
		services = services[:last]
		action := p.action(i)
		steps = append(steps, Step{i, action})
		p.turn[i] = true
		if action == Already {
			services = p.release(i, services)
		}
	}
	return steps
}

func (p *Plan) action(i int) Action {
	switch {
	case p.req.Up[i] != p.req.Down:
		return Already
	case p.req.Down && p.req.Keep != nil && p.req.Keep[i]:
		return Keep
	}
	return Run
}

// release appends the services that waited for service i alone.
func (p *Plan) release(i int, services []int) []int {
	for _, n := range p.next[i] {
		if p.pending[n]--; p.pending[n] == 0 && p.closed[n] {
			services = append(services, n)
		}
	}
	return services
}

// Closed tells for every service whether the change concerns it: the services asked for and all they need.
func (p *Plan) Closed() []bool { return p.closed }

// Blocked returns the services, in ascending order, whose turn can't come because of service i: all that
// wait for it, directly or not.
func (p *Plan) Blocked(i int) []int {
	set := make([]bool, len(p.next))
	for _, n := range p.next[i] {
		set[n] = true
	}
	p.next.Close(set)
	var blocked []int
	for n, in := range set {
		if in && p.closed[n] && !p.turn[n] {
			blocked = append(blocked, n)
		}
	}
	return blocked
}
