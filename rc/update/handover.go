package update

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/rc/live"
)

// Handover replaces a live directory by one for another database. Whenever it is cut short, the live
// directory is whole: before Switch the old one, from then on the new one, whose service directories may be
// links to where they were until Settle has moved them.
type Handover struct {
	Layout live.Layout // of the new live directory
	Plan   *Plan

	old, real string // the real directories
}

func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	return &live.Error{What: what, Err: err}
}

// Settle moves service directories that are links, as a handover that was cut short leaves them, to their
// place. Nothing that runs in them notices.
func Settle(servicedirs string) error {
	fd, err := sys.Open(sys.AT, servicedirs, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return failed("open "+servicedirs, err)
	}
	defer unix.Close(fd)
	names, err := sys.ReadDirFD(fd)
	if err != nil {
		return failed("readdir "+servicedirs, err)
	}
	for _, name := range names {
		if err := settle(fd, name); err != nil {
			return failed("move "+servicedirs+"/"+name+" to its place", err)
		}
	}
	return nil
}

func settle(dir int, name string) error {
	var buf [unix.PathMax]byte
	n, err := unix.Readlinkat(dir, name, buf[:])
	switch {
	case err == unix.EINVAL:
		return nil // a directory
	case err != nil:
		return err
	}
	from := string(buf[:n])
	err = unix.Renameat2(dir, from, dir, name, unix.RENAME_EXCHANGE)
	if err != unix.EINVAL && err != unix.ENOSYS {
		return err
	}
	if err := unix.Unlinkat(dir, name, 0); err != nil { // a file system that can't exchange files
		return err
	}
	return unix.Renameat(dir, from, dir, name)
}

// Switch makes the new live directory, whose service directories in use are links to the old one's, and puts
// it in the place of the old one.
func (h *Handover) Switch() error {
	target, err := os.Readlink(h.Layout.Live)
	if err != nil {
		return failed("readlink "+h.Layout.Live, err)
	}
	dir := h.Layout.Live[:strings.LastIndexByte(h.Layout.Live, '/')+1]
	if h.old = target; !strings.HasPrefix(target, "/") {
		h.old = dir + target
	}
	h.real, err = live.Prepare(h.Layout, "s6-rc-update", h.Plan.State, h.fill)
	if err != nil {
		return err
	}
	_, err = (&live.Dir{Path: h.real}).Lock(true, false) // nobody else comes in when it is in its place
	if err == nil {
		err = live.Switch(h.Layout.Live, h.real)
	}
	if err != nil {
		sys.RemoveAll(sys.AT, h.real)
		return err
	}
	return nil
}

// fill makes the service directories.
func (h *Handover) fill(dirfd int) error {
	p := h.Plan
	base := h.old[strings.LastIndexByte(h.old, '/')+1:]
	for m, n := range p.Reuse {
		name := p.New.Services[m].Name
		if n != db.None {
			link := "../../" + base + "/" + live.Servicedirs + "/" + p.Old.Services[n].Name
			if err := unix.Symlinkat(link, dirfd, name); err != nil {
				return failed("make a link to the service directory of "+name, err)
			}
			continue
		}
		from := h.Layout.Compiled + "/" + live.Servicedirs + "/" + name
		if err := sys.CopyTree(sys.AT, from, dirfd, name); err != nil {
			return failed("copy "+from, err)
		}
		if err := live.Hold(dirfd, name); err != nil {
			return err
		}
	}
	return nil
}

// Adopt points the scan directory to the new live directory and moves the service directories in use there.
// Supervisors know them by device and inode, and go on.
func (h *Handover) Adopt() error {
	p := h.Plan
	var names []string
	for m, n := range p.Reuse {
		if n != db.None {
			names = append(names, p.New.Services[m].Name)
		}
	}
	if err := live.Link(h.Layout, h.Layout.Live, names); err != nil {
		return err
	}
	if err := Settle(h.real + "/" + live.Servicedirs); err != nil {
		return err
	}
	for m, n := range p.Reuse {
		if n == db.None {
			continue
		}
		name := p.New.Services[m].Name
		if err := Refresh(h.Layout.Compiled+"/"+live.Servicedirs+"/"+name, h.real+"/"+live.Servicedirs+"/"+name, p.State.Up(m)); err != nil {
			return failed("update the service directory of "+name, err)
		}
	}
	return nil
}

// Leavers are the old longruns whose supervisors end.
func (h *Handover) Leavers() (names []string) {
	p := h.Plan
	stays := make([]bool, p.Old.Longruns)
	for _, n := range p.Reuse {
		if n != db.None {
			stays[n] = true
		}
	}
	for n, s := range stays {
		if !s {
			names = append(names, p.Old.Services[n].Name)
		}
	}
	return names
}

// Newcomers are the new longruns that need a supervisor.
func (h *Handover) Newcomers() (names []string) {
	for m, n := range h.Plan.Reuse {
		if n == db.None {
			names = append(names, h.Plan.New.Services[m].Name)
		}
	}
	return names
}

// Dismiss ends the supervisors of leavers and takes them out of the scan directory. Those that newcomers
// will have in their place stay as links until then.
func (h *Handover) Dismiss(control func(dir, letters string) error) error {
	taken := map[string]bool{}
	for _, s := range h.Plan.New.Services[:h.Plan.New.Longruns] {
		taken[s.Name] = true
	}
	dir, err := sys.Open(sys.AT, h.Layout.Scandir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return failed("open "+h.Layout.Scandir, err)
	}
	defer unix.Close(dir)
	for _, name := range h.Leavers() {
		if !taken[name] {
			if err := unix.Unlinkat(dir, h.Layout.Prefix+name, 0); err != nil && err != unix.ENOENT {
				return failed("unlink "+h.Layout.Scandir+"/"+h.Layout.Prefix+name, err)
			}
		}
		control(h.old+"/"+live.Servicedirs+"/"+name, "xd") // one that is gone already needs no word
	}
	// a renamed longrun leaves its old link behind
	for m, n := range h.Plan.Reuse {
		if n == db.None || h.Plan.Old.Services[n].Name == h.Plan.New.Services[m].Name || taken[h.Plan.Old.Services[n].Name] {
			continue
		}
		if err := unix.Unlinkat(dir, h.Layout.Prefix+h.Plan.Old.Services[n].Name, 0); err != nil && err != unix.ENOENT {
			return failed("unlink "+h.Layout.Scandir+"/"+h.Layout.Prefix+h.Plan.Old.Services[n].Name, err)
		}
	}
	return nil
}

// Clean removes what is left of the old live directory.
func (h *Handover) Clean() error {
	return failed("remove "+h.old, sys.RemoveAll(sys.AT, h.old))
}
