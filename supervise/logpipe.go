package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/parking"
	"s6box/internal/proc"
	"s6box/supervise/machine"
)

// logPipe connects the stdout of a service with the stdin of its logger. The engine holds both ends, so
// that either side may be restarted without losing a byte.
type logPipe struct {
	r, w             end
	producer, logger *entry
}

// end is an end of a pipe: a descriptor, parked, or closed.
type end struct {
	fd     int // -1: none
	parked *parking.Files
}

func (p *end) open() bool { return p.fd >= 0 || p.parked != nil }

// keep takes fd over. Where there are many descriptors it is parked.
func (p *end) keep(e *Engine, fd int) {
	p.fd = fd
	if fd < crowd {
		return
	}
	if parked, err := e.parking.Park(fd); err == nil { // else it is held
		p.parked, p.fd = parked, -1
		unix.Close(fd)
	}
}

// lend makes the end descriptor n of st.
func (p *end) lend(st *proc.State, n int) error {
	if p.parked == nil {
		return st.BorrowFD(n, p.fd)
	}
	fds, err := p.parked.Fds()
	if err != nil {
		return err
	}
	return st.SetFD(n, fds[0])
}

func (p *end) close() {
	if p.parked != nil && p.parked.Release() != nil {
		return // for want of descriptors: the end of supervision tries again
	}
	if p.fd >= 0 {
		unix.Close(p.fd)
	}
	*p = end{fd: -1}
}

// join makes producer and logger a pair. The pipe is made when one of them needs it.
func join(producer, logger *entry) {
	if p := producer.pipe; p != nil && p.logger == logger && logger.pipe == p {
		return
	}
	for _, en := range []*entry{producer, logger} {
		en.dropPipe()
	}
	p := &logPipe{r: end{fd: -1}, w: end{fd: -1}, producer: producer, logger: logger}
	producer.pipe, logger.pipe = p, p
}

// dropPipe takes the pair apart that en was part of.
func (en *entry) dropPipe() {
	p := en.pipe
	if p == nil {
		return
	}
	en.engine.launch() // who has borrowed an end
	p.r.close()
	p.w.close()
	p.producer.pipe, p.logger.pipe = nil, nil
}

// pipeEnd makes the end of the log pipe that is en's its stdin or stdout.
func (en *entry) pipeEnd(st *proc.State) error {
	p := en.pipe
	if p == nil || en.detached {
		return nil
	}
	if !p.r.open() || !p.w.open() {
		p.r.close()
		p.w.close()
		r, w, err := proc.Pipe()
		if err != nil {
			return err
		}
		p.r.keep(en.engine, r)
		p.w.keep(en.engine, w)
	}
	if en == p.logger {
		return p.r.lend(st, 0)
	}
	return p.w.lend(st, 1)
}

// trim closes the end that en will not need any more: so a logger sees the end of its input.
func (en *entry) trim() {
	p := en.pipe
	if p == nil || en.active || !en.state.Last && en.state.Phase != machine.Gone {
		return
	}
	en.engine.launch() // who has borrowed an end
	if en == p.logger {
		p.r.close()
	} else {
		p.w.close()
	}
}
