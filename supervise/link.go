package supervise

import (
	"errors"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/fifodir"
	"s6box/internal/sys"
)

// linking is how a service directory is put into a scan directory.
type linking struct {
	down     byte // 'd': not started, 'D': not started by later supervisors either, 0: started
	public   bool // everybody may listen to its events
	force    bool // also where the event directory exists
	deadline time.Time
}

// option takes in one of the options -d -D -P -f -t.
func (l *linking) option(inv *applet.Invocation, opt byte, value string) error {
	switch opt {
	case 'd', 'D':
		l.down = opt
	case 'P':
		l.public = true
	case 'f':
		l.force = true
	case 't':
		var ms uint64
		if err := inv.Uint(&ms)(value); err != nil {
			return err
		}
		l.deadline = sys.Deadline(ms)
	}
	return nil
}

// validName tells whether a scan directory may hold a service called name.
func validName(name string) bool {
	return name != "" && name[0] != '.' && !strings.ContainsAny(name, "/\n")
}

// scanned tells whether an s6-svscan runs on scandir.
func scanned(scandir string) (bool, error) {
	lock := scandir + "/.s6-svscan/lock"
	fd, err := sys.Open(sys.AT, lock, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false, applet.System(err, "open %s", lock)
	}
	defer unix.Close(fd)
	held, err := sys.Locked(fd)
	if err != nil {
		return false, applet.System(err, "check %s", lock)
	}
	return held, nil
}

// withLogger returns dir, and its logger if it has one: s6-svscan takes any directory called log for one.
func withLogger(dir string) ([]string, error) {
	var st unix.Stat_t
	switch err := unix.Stat(dir+"/log", &st); {
	case err == unix.ENOENT:
		return []string{dir}, nil
	case err != nil:
		return nil, applet.System(err, "stat %s/log", dir)
	case st.Mode&unix.S_IFMT != unix.S_IFDIR:
		return nil, applet.Fatal(applet.ExitUsage, "%s/log is not a directory", dir)
	}
	return []string{dir, dir + "/log"}, nil
}

// exitNotRunning is the exit code of commands that want something supervised where nothing is.
const exitNotRunning = 1

// link puts dir into scandir as name, a symbolic link to target, and waits for the supervisors of it and of
// its logger. Where they do not come in time it takes the link back.
func (l *linking) link(inv *applet.Invocation, scandir, dir, name, target string) error {
	switch running, err := scanned(scandir); {
	case err != nil:
		return err
	case !running:
		return applet.Fatal(exitNotRunning, "s6-svscan not running on %s", scandir)
	}
	wait, err := unsupervised(inv, dir)
	if err != nil {
		return err
	}
	for _, d := range wait {
		if err := l.prepare(inv, d); err != nil {
			return applet.System(err, "link servicedir %s into scandir %s with name %s", d, scandir, name)
		}
	}
	entered := false
	enter := func() (err error) {
		entered, err = l.enter(scandir, name, target)
		if err == unix.EEXIST && len(wait) == 0 {
			return nil // it is supervised under another name, and need not be here
		}
		return err
	}
	err = AwaitEvent(sys.AT, wait, 's', enter, nil, l.deadline)
	if err != nil && entered {
		unix.Unlink(scandir + "/" + name)
		ControlScandir(sys.AT, scandir, "an")
	}
	var why *FollowError
	switch {
	case errors.As(err, &why):
		return applet.System(why.Err, "%s %s", why.Op, why.Dir)
	case err == unix.ETIME:
		return applet.Fatal(applet.ExitDone, "timed out: no supervisor on %s", strings.Join(wait, " "))
	case err != nil:
		return applet.System(err, "link servicedir %s into scandir %s with name %s", dir, scandir, name)
	}
	return l.release(wait)
}

// unsupervised returns which of dir and its logger have no supervisor. All have to have a run file.
func unsupervised(inv *applet.Invocation, dir string) ([]string, error) {
	dirs, err := withLogger(dir)
	if err != nil {
		return nil, err
	}
	var without []string
	for _, d := range dirs {
		if err := unix.Access(d+"/run", unix.F_OK); err != nil {
			return nil, applet.System(err, "stat %s/run", d)
		}
		running, err := isRunning(inv, d)
		if err != nil {
			return nil, err
		}
		if running {
			inv.Warn("supervisor already running on %s", d)
			continue
		}
		without = append(without, d)
	}
	return without, nil
}

// prepare makes the event directory and the down file of a service that has no supervisor yet.
func (l *linking) prepare(inv *applet.Invocation, dir string) error {
	gid := os.Getegid()
	if l.public {
		gid = fifodir.Public
	}
	if err := fifodir.Make(sys.AT, dir+"/event", gid, l.force); err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Stat(dir+"/event", &st); err != nil {
		return err
	}
	if public := st.Mode&0o007 != 0; public != l.public {
		inv.Warn("%s/event exists with other permissions than asked for, -f would change them", dir)
	}
	if l.down == 0 {
		return nil
	}
	if err := sys.Create(sys.AT, dir+"/down", nil, 0o644); err != unix.EEXIST {
		return err
	}
	return nil
}

// enter makes the link, unless it is there and right, and tells s6-svscan. It returns whether it made it.
func (l *linking) enter(scandir, name, target string) (made bool, err error) {
	link := scandir + "/" + name
	err = unix.Symlink(target, link)
	made = err == nil
	if err == unix.EEXIST {
		if now, rerr := os.Readlink(link); rerr != nil || now != target {
			return false, err
		}
	} else if err != nil {
		return false, err
	}
	return made, ControlScandir(sys.AT, scandir, "a")
}

// release removes the down files that have done their work.
func (l *linking) release(dirs []string) error {
	if l.down != 'd' {
		return nil
	}
	for _, d := range dirs {
		if err := unix.Unlink(d + "/down"); err != nil && err != unix.ENOENT {
			return applet.System(err, "unlink %s/down", d)
		}
	}
	return nil
}

// unlinking is how a service is taken out of a scan directory.
type unlinking struct {
	leave    bool // do not wait
	deadline time.Time
}

func (u *unlinking) option(inv *applet.Invocation, opt byte, value string) error {
	if opt == 'X' {
		u.leave = true
		return nil
	}
	var ms uint64
	if err := inv.Uint(&ms)(value); err != nil {
		return err
	}
	u.deadline = sys.Deadline(ms)
	return nil
}

// unlink removes the link called name from scandir and waits until the supervisors of the service and of its
// logger have gone. That nothing is there, that no s6-svscan runs or may be told, or that they do not go in time,
// is no error (page s6-svunlink, notes).
func (u *unlinking) unlink(inv *applet.Invocation, scandir, name string) error {
	link := scandir + "/" + name
	fd, err := sys.Open(sys.AT, link, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err == unix.ENOENT || err == unix.ENOTDIR && u.leave {
		fd, err = -1, nil
	}
	if err != nil {
		return applet.System(err, "prepare unlinking of service %s in scandir %s", name, scandir)
	}
	var wait []string
	if fd >= 0 {
		defer unix.Close(fd)
		for _, d := range []string{".", "log"} {
			running, err := Running(fd, d)
			if err != nil && err != unix.ENOTDIR {
				return applet.System(err, "prepare unlinking of service %s in scandir %s", name, scandir)
			}
			if running && !u.leave {
				wait = append(wait, d)
			}
		}
	}
	err = AwaitEvent(fd, wait, 'x', func() error {
		if err := unix.Unlink(link); err != nil && err != unix.ENOENT {
			inv.Warn("unable to unlink %s: %s", link, applet.Reason(err))
			return unix.ETIME // what stays keeps its supervisor
		}
		return ControlScandir(sys.AT, scandir, "an")
	}, nil, u.deadline)
	var why *FollowError
	switch {
	case err == nil, err == unix.ETIME, errors.Is(err, unix.ENOENT):
		return nil
	case errors.As(err, &why):
		return applet.System(why.Err, "%s %s/%s", why.Op, link, why.Dir)
	case errors.Is(err, ErrNotListening):
		inv.Warn("no s6-svscan is running on %s", scandir)
		return nil
	case err == unix.EACCES:
		inv.Warn("unable to control s6-svscan on %s: %s", scandir, applet.Reason(err))
		return nil
	}
	return applet.System(err, "control s6-svscan on %s", scandir)
}
