package supervise

import "golang.org/x/sys/unix"

// slot is a descriptor the loop waits for. gen tells apart those that have had the same slot, so that an
// event of the same turn does not reach the wrong one.
type slot struct {
	ready func()
	gen   int32
}

// watch has ready called whenever fd can be read, until unwatch with the token returned.
func (e *Engine) watch(fd int, ready func()) (token int32, err error) {
	if len(e.free) > 0 {
		token = e.free[len(e.free)-1]
	} else {
		token = int32(len(e.slots))
	}
	var gen int32
	if int(token) < len(e.slots) {
		gen = e.slots[token].gen
	}
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: token, Pad: gen}
	if err := unix.EpollCtl(e.epoll, unix.EPOLL_CTL_ADD, fd, &ev); err != nil {
		return -1, err
	}
	if int(token) == len(e.slots) {
		e.slots = append(e.slots, slot{})
	} else {
		e.free = e.free[:len(e.free)-1]
	}
	e.slots[token].ready = ready
	return token, nil
}

// unwatch ends watch; the caller closes fd.
func (e *Engine) unwatch(fd int, token int32) {
	unix.EpollCtl(e.epoll, unix.EPOLL_CTL_DEL, fd, nil)
	s := &e.slots[token]
	s.ready = nil
	s.gen++
	e.free = append(e.free, token)
}

func (e *Engine) deliver(ev *unix.EpollEvent) {
	s := e.slots[ev.Fd]
	if s.ready != nil && s.gen == ev.Pad {
		s.ready()
	}
}
