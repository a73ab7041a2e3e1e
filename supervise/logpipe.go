package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/supervise/machine"
)

// logPipe connects the stdout of a service with the stdin of its logger. The engine holds both ends, so
// that either side may be restarted without losing a byte.
type logPipe struct {
	r, w             int
	producer, logger *entry
}

// join makes producer and logger a pair. The pipe is made when one of them needs it.
func join(producer, logger *entry) {
	if p := producer.pipe; p != nil && p.logger == logger && logger.pipe == p {
		return
	}
	for _, en := range []*entry{producer, logger} {
		en.dropPipe()
	}
	p := &logPipe{r: -1, w: -1, producer: producer, logger: logger}
	producer.pipe, logger.pipe = p, p
}

// dropPipe takes the pair apart that en was part of.
func (en *entry) dropPipe() {
	p := en.pipe
	if p == nil {
		return
	}
	p.close(&p.r)
	p.close(&p.w)
	p.producer.pipe, p.logger.pipe = nil, nil
}

// pipeEnd makes the end of the log pipe that is en's its stdin or stdout.
func (en *entry) pipeEnd(st *proc.State) error {
	p := en.pipe
	if p == nil || en.detached {
		return nil
	}
	if p.r < 0 || p.w < 0 {
		p.close(&p.r)
		p.close(&p.w)
		var err error
		if p.r, p.w, err = proc.Pipe(); err != nil {
			p.r, p.w = -1, -1
			return err
		}
	}
	if en == p.logger {
		return st.BorrowFD(0, p.r)
	}
	return st.BorrowFD(1, p.w)
}

// trim closes the end that en will not need any more: so a logger sees the end of its input.
func (en *entry) trim() {
	p := en.pipe
	if p == nil || en.active || !en.state.Last && en.state.Phase != machine.Gone {
		return
	}
	if en == p.logger {
		p.close(&p.r)
	} else {
		p.close(&p.w)
	}
}

func (p *logPipe) close(fd *int) {
	if *fd >= 0 {
		unix.Close(*fd)
		*fd = -1
	}
}
