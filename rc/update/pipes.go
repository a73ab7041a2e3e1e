package update

import (
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/ipc/fdholder"
	"s6box/rc/db"
)

// PipeID is the fd-holder's name for the reading (r) or writing (w) end of the pipe that a longrun reads.
func PipeID(end byte, consumer string) string { return "pipe:s6rc-" + string(end) + "-" + consumer }

// Rewired returns the services that stay up and have other pipes in the new database: they are not what a service is
// restarted for. A pipe that has another name is the same.
func (p *Plan) Rewired() (names []string) {
	for n, t := range p.targets {
		if !t.same || !p.state.Up(n) || !p.Old.IsLongrun(n) {
			continue
		}
		was, is := &p.Old.Services[n], &p.New.Services[t.numbers[0]]
		if (len(was.Producers) > 0) != (len(is.Producers) > 0) || (was.Consumer == db.None) != (is.Consumer == db.None) ||
			p.continued(was.Consumer) != is.Consumer {
			names = append(names, is.Name)
		}
	}
	return names
}

// continued is the new longrun that an old one becomes, or db.None.
func (p *Plan) continued(n int) int {
	if n == db.None || !p.targets[n].same {
		return db.None
	}
	return p.targets[n].numbers[0]
}

// MovePipes makes the fd-holder hold the pipes of the new database: those of renamed consumers under their
// new names, new ones, and no others. socket is where the fd-holder listens.
func (p *Plan) MovePipes(socket string, timeout time.Duration) error {
	renamed, gone, fresh := p.pipes()
	if len(renamed)+len(gone)+len(fresh) == 0 {
		return nil
	}
	c, err := fdholder.Dial(socket, timeout)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, name := range gone {
		for _, end := range []byte("rw") {
			if err := c.Delete(PipeID(end, name)); err != nil && err != unix.ENOENT {
				return err
			}
		}
	}
	held := map[string]int{} // names may be swapped: all are taken out before any is put back
	defer func() {
		for _, fd := range held {
			unix.Close(fd)
		}
	}()
	for _, r := range renamed {
		for _, end := range []byte("rw") {
			fd, err := c.Retrieve(PipeID(end, r.from), true)
			if err != nil {
				return err
			}
			held[PipeID(end, r.to)] = fd
		}
	}
	for _, name := range fresh {
		r, w, err := proc.Pipe()
		if err != nil {
			return err
		}
		held[PipeID('r', name)], held[PipeID('w', name)] = r, w
	}
	for id, fd := range held {
		if err := c.Store(fd, id, fdholder.Never()); err != nil {
			return err
		}
	}
	return nil
}

// rename is a consumer under its old and its new name.
type rename struct{ from, to string }

// pipes compares the consumers of both databases.
func (p *Plan) pipes() (renamed []rename, gone, fresh []string) {
	kept := make([]bool, p.Old.Longruns)
	for m := range p.New.Services[:p.New.Longruns] {
		s := &p.New.Services[m]
		if len(s.Producers) == 0 {
			continue
		}
		n := p.Reuse[m]
		if n < 0 || len(p.Old.Services[n].Producers) == 0 {
			fresh = append(fresh, s.Name)
			continue
		}
		kept[n] = true
		if from := p.Old.Services[n].Name; from != s.Name {
			renamed = append(renamed, rename{from, s.Name})
		}
	}
	for n := range p.Old.Services[:p.Old.Longruns] {
		if s := &p.Old.Services[n]; len(s.Producers) > 0 && !kept[n] {
			gone = append(gone, s.Name)
		}
	}
	return renamed, gone, fresh
}
