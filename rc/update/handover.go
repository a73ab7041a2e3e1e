package update

import (
	"os"
	"path"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/internal/workers"
	"s6box/rc/db"
	"s6box/rc/live"
	"s6box/supervise"
)

// Handover replaces a live directory by one for another database. Whenever it is cut short, the live
// directory is whole: before Switch the old one, from then on the new one, whose service directories may be
// links to where they were until Settle has moved them.
type Handover struct {
	Layout live.Layout // of the new live directory
	Plan   *Plan

	real string // the new live directory itself
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
	entries, err := sys.ReadEntries(fd)
	if err != nil {
		return failed("readdir "+servicedirs, err)
	}
	for _, e := range entries {
		if e.Type == unix.DT_DIR {
			continue
		}
		if err := settle(fd, e.Name); err != nil {
			return failed("move "+servicedirs+"/"+e.Name+" to its place", err)
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
	old, err := os.Readlink(h.Layout.Live)
	if err != nil {
		return failed("readlink "+h.Layout.Live, err)
	}
	h.renewStrays(old)
	fill := func(dirfd int) error { return h.fill(dirfd, path.Base(old)) }
	h.real, err = live.Prepare(h.Layout, live.ByUpdate, h.Plan.State, fill)
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

// renewStrays gives a service directory and a supervisor of its own, by which it is down, to what should be down in the
// live directory old and was told by hand to be up. The old supervisor ends with that directory, see Clean.
func (h *Handover) renewStrays(old string) {
	p := h.Plan
	dir := &live.Dir{Path: path.Join(path.Dir(h.Layout.Live), old)}
	workers.Each(len(p.Reuse), func(m int) {
		if p.Reuse[m] == db.None || p.State.Up(m) {
			return
		}
		at := dir.Servicedir(p.Old.Services[p.Reuse[m]].Name)
		status, err := supervise.ReadStatus(sys.AT, at)
		if down, _ := sys.Exists(sys.AT, at+"/down"); err == nil && (status.WantUp || status.Up() || !down) {
			p.Reuse[m] = db.None
		}
	})
}

// fill makes the service directories. old is the name of the live directory so far.
func (h *Handover) fill(dirfd int, old string) error {
	p := h.Plan
	for m, n := range p.Reuse {
		name := p.New.Services[m].Name
		if n != db.None {
			link := "../../" + old + "/" + live.Servicedirs + "/" + p.Old.Services[n].Name
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
	var names, up []string
	var isUp []bool
	for m, n := range p.Reuse {
		if n == db.None {
			continue
		}
		name := p.New.Services[m].Name
		names, isUp = append(names, name), append(isUp, p.State.Up(m))
		if p.State.Up(m) {
			up = append(up, name)
		}
	}
	if err := live.Link(h.Layout, h.Layout.Live, names); err != nil {
		return err
	}
	if err := Settle(h.real + "/" + live.Servicedirs); err != nil {
		return err
	}
	from, to, err := h.servicedirs()
	if err != nil {
		return err
	}
	defer unix.Close(from)
	defer unix.Close(to)
	err = workers.Try(len(names), func(i int) error {
		return failed("update the service directory of "+names[i], refresh(from, to, names[i], isUp[i]))
	})
	if err != nil {
		return err
	}
	wantUp(to, up)
	return nil
}

// servicedirs opens the directories of service directories: the compiled ones, and those in use.
func (h *Handover) servicedirs() (from, to int, err error) {
	open := func(dir string) (int, error) {
		fd, err := sys.Open(sys.AT, dir+"/"+live.Servicedirs, unix.O_PATH|unix.O_DIRECTORY, 0)
		return fd, failed("open "+dir+"/"+live.Servicedirs, err)
	}
	if from, err = open(h.Layout.Compiled); err != nil {
		return 0, 0, err
	}
	if to, err = open(h.real); err != nil {
		unix.Close(from)
	}
	return from, to, err
}

// Newcomers are the new longruns that need a supervisor. An update that was cut short may have left others
// without one.
func (h *Handover) Newcomers() (names []string) {
	p := h.Plan
	lacks := make([]bool, len(p.Reuse))
	workers.Each(len(p.Reuse), func(m int) {
		lacks[m] = p.Reuse[m] == db.None || !live.Supervised(h.real+"/"+live.Servicedirs+"/"+p.New.Services[m].Name)
	})
	for m, lack := range lacks {
		if lack {
			names = append(names, p.New.Services[m].Name)
		}
	}
	return names
}

// Unlink takes out of the scan directory what leads to our live directories and is no longrun of the new
// database: what is gone or has another name, be it since an update that was cut short.
func (h *Handover) Unlink() error {
	ours := map[string]bool{}
	for _, s := range h.Plan.New.Services[:h.Plan.New.Longruns] {
		ours[h.Layout.Prefix+s.Name] = true
	}
	dir, err := sys.Open(sys.AT, h.Layout.Scandir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return failed("open "+h.Layout.Scandir, err)
	}
	defer unix.Close(dir)
	names, err := sys.ReadDirFD(dir)
	if err != nil {
		return failed("readdir "+h.Layout.Scandir, err)
	}
	var buf [unix.PathMax]byte
	for _, name := range names {
		if ours[name] {
			continue
		}
		n, err := unix.Readlinkat(dir, name, buf[:])
		if err != nil || !h.Layout.Leads(string(buf[:n])) {
			continue
		}
		if err := unix.Unlinkat(dir, name, 0); err != nil && err != unix.ENOENT {
			return failed("unlink "+h.Layout.Scandir+"/"+name, err)
		}
	}
	return nil
}

// Clean removes the old live directory, and those that updates left when they were cut short. Supervisors
// of services that are still there end, and their services with them.
func (h *Handover) Clean() error {
	found, err := live.Beside(h.Layout.Live)
	if err != nil {
		return err
	}
	for _, dir := range found {
		if dir == h.real {
			continue
		}
		if err := live.Discard(dir); err != nil {
			return err
		}
	}
	return nil
}
