// Package parking keeps files open without descriptors, for a process that has more of them than it may have of those.
package parking

import (
	"slices"

	"golang.org/x/sys/unix"
)

// Garage keeps files open that have no descriptor: they wait in the queues of sockets whose both ends are here, as
// files do that are on their way to another process. An open file stays what it is there: locks that belong to it are
// held, a fifo has its reader, and an epoll that watches it goes on telling of it. What a process may have open is
// bounded twice that way, once by its limit of descriptors and once by that of files on their way, which is the same
// number; and fork copies, and exec closes, only descriptors. The zero Garage is empty.
type Garage struct {
	lots  []*lot
	spare []int // descriptors that make room for those of parked files when there are no others
	most  int   // files that are parked together
}

// lot is a pair of connected sockets. The messages in its queue are of one byte, so that a place in the queue is an
// offset to look at.
type lot struct {
	in, out int
	queue   []*Files
}

// places is how many messages a lot has: letting one go means to move those before it.
const places = 16

// Files are what a Garage keeps together.
type Files struct {
	garage *Garage
	lot    *lot
	fds    []int // held after all, because they could not be parked again
	n      int
}

// Park takes the files of fds, 16 at most, whose descriptors the caller may then close. An error means that they can't be
// kept so: there are too many, or the system does not allow it.
func (p *Garage) Park(fds ...int) (*Files, error) {
	l, err := p.vacant()
	if err != nil {
		return nil, err
	}
	parked := &Files{garage: p, lot: l, n: len(fds)}
	if err := l.send(parked, fds); err != nil {
		p.tidy(l)
		return nil, err
	}
	p.most = max(p.most, len(fds))
	p.Restock()
	return parked, nil
}

// Restock gets descriptors to spare where Fds or Release took them.
func (p *Garage) Restock() {
	for len(p.spare) < p.most {
		fds, err := duplicates([]int{p.lots[0].out})
		if err != nil {
			return
		}
		p.spare = append(p.spare, fds...)
	}
}

// Fds returns descriptors of the files, in the order in which they were parked, which the caller closes.
func (parked *Files) Fds() ([]int, error) {
	if parked.lot == nil {
		return duplicates(parked.fds)
	}
	return parked.garage.look(parked.lot, slices.Index(parked.lot.queue, parked))
}

// look is peek, with the spare descriptors if there are no others.
func (p *Garage) look(l *lot, place int) ([]int, error) {
	fds, err := l.peek(place)
	if err == unix.EMFILE && len(p.spare) > 0 {
		closeFds(p.spare)
		p.spare = p.spare[:0]
		fds, err = l.peek(place)
	}
	return fds, err
}

// Release lets the files go: they are closed unless somebody has descriptors of them.
func (parked *Files) Release() error {
	l := parked.lot
	if l == nil {
		closeFds(parked.fds)
		return nil
	}
	for l.queue[0] != parked {
		if err := parked.garage.rotate(l); err != nil {
			return err
		}
	}
	err := l.pop()
	parked.lot = nil
	parked.garage.tidy(l)
	return err
}

func (p *Garage) vacant() (*lot, error) {
	for _, l := range slices.Backward(p.lots) {
		if len(l.queue) < places {
			return l, nil
		}
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	l := &lot{in: pair[0], out: pair[1]}
	p.lots = append(p.lots, l)
	return l, nil
}

// tidy closes a lot that is empty.
func (p *Garage) tidy(l *lot) {
	if len(l.queue) == 0 {
		closeFds([]int{l.in, l.out})
		p.lots = slices.DeleteFunc(p.lots, func(other *lot) bool { return other == l })
	}
	if len(p.lots) == 0 {
		closeFds(p.spare)
		p.spare, p.most = nil, 0
	}
}

func (l *lot) send(parked *Files, fds []int) error {
	if err := unix.Sendmsg(l.in, []byte{0}, unix.UnixRights(fds...), nil, unix.MSG_NOSIGNAL); err != nil {
		return err
	}
	l.queue = append(l.queue, parked)
	return nil
}

// peek returns descriptors of the files of a place in the queue, which stay there. The error for want of descriptors is
// EMFILE: some of the files would be missing.
func (l *lot) peek(place int) ([]int, error) {
	if err := unix.SetsockoptInt(l.out, unix.SOL_SOCKET, unix.SO_PEEK_OFF, place); err != nil {
		return nil, err
	}
	var c [1]byte
	control := make([]byte, unix.CmsgSpace(4*places))
	_, n, flags, _, err := unix.Recvmsg(l.out, c[:], control, unix.MSG_PEEK|unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT)
	if err != nil {
		return nil, err
	}
	var fds []int
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err == nil && len(messages) > 0 {
		fds, err = unix.ParseUnixRights(&messages[0])
	}
	if err == nil && (flags&unix.MSG_CTRUNC != 0 || len(fds) != l.queue[place].n) {
		err = unix.EMFILE
	}
	if err != nil {
		closeFds(fds)
		return nil, err
	}
	return fds, nil
}

// pop takes the first message off the queue. Nothing asks for its files, so they are closed.
func (l *lot) pop() error {
	var c [1]byte
	if _, _, _, _, err := unix.Recvmsg(l.out, c[:], nil, unix.MSG_DONTWAIT); err != nil {
		return err
	}
	l.queue = slices.Delete(l.queue, 0, 1)
	return nil
}

// rotate moves the first message of the queue behind the last. The files have descriptors meanwhile, and keep them if
// the message is not taken any more.
func (p *Garage) rotate(l *lot) error {
	first := l.queue[0]
	fds, err := p.look(l, 0)
	if err != nil {
		return err
	}
	if err := l.pop(); err != nil {
		closeFds(fds)
		return err
	}
	if l.send(first, fds) != nil {
		first.lot, first.fds = nil, fds
		return nil
	}
	closeFds(fds)
	return nil
}

func duplicates(fds []int) (copies []int, err error) {
	for _, fd := range fds {
		fd, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			closeFds(copies)
			return nil, err
		}
		copies = append(copies, fd)
	}
	return copies, nil
}

func closeFds(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
