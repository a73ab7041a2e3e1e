package logging

import (
	"bytes"
	"encoding/binary"
	"io"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

const watchMask = unix.IN_CREATE | unix.IN_MOVED_TO | unix.IN_MODIFY

// exitMissed says that a rotation was noticed too late: the file it made is already archived.
const exitMissed = 101

// watcher copies the file current of a logdir, and every file that takes its place.
type watcher struct {
	path    string
	dir     int     // descriptor of the logdir
	events  proc.FD // inotify of the logdir
	file    int     // the current that is being read; -1: none yet
	out     proc.FD
	buf     []byte
	opened  int // files that were switched to; may run ahead of created, whose events come later
	created int // files that became current, as events tell
}

// run ends with an error only.
func (w *watcher) run() error {
	if _, err := w.switchFile(); err != nil {
		return err
	}
	w.opened = 0
	events := make([]byte, 64<<10)
	if w.file >= 0 {
		// Events from before the file was opened are about that file.
		if _, err := unix.Read(int(w.events), events); err != nil && err != unix.EAGAIN {
			return applet.System(err, "read inotify events")
		}
	}
	for {
		if err := w.catchUp(); err != nil {
			return err
		}
		n, err := w.events.Read(events)
		if err != nil {
			return applet.System(err, "read inotify events")
		}
		created, overflow := newCurrents(events[:n])
		w.created += created
		if overflow {
			return applet.Fatal(exitMissed, "too many events in %s", w.path)
		}
	}
}

// catchUp copies all there is, going over to the new current until there is no newer one.
func (w *watcher) catchUp() error {
	for {
		if err := w.copy(); err != nil {
			return err
		}
		switched, err := w.switchFile()
		if err != nil {
			return err
		}
		if !switched {
			break
		}
	}
	if w.created > w.opened {
		return applet.Fatal(exitMissed, "%s/current was rotated too fast: lines were missed", w.path)
	}
	return nil
}

// copy writes the rest of the file to out.
func (w *watcher) copy() error {
	if w.file < 0 {
		return nil
	}
	for {
		n, err := proc.FD(w.file).Read(w.buf)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return applet.System(err, "read from %s/current", w.path)
		}
		if _, err := w.out.Write(w.buf[:n]); err != nil {
			return applet.System(err, "write to stdout")
		}
	}
}

// switchFile opens current if it is another file than the one that is being read. The rest of that one, written
// up to the rotation, is copied first.
func (w *watcher) switchFile() (switched bool, err error) {
	fd, err := sys.Open(w.dir, "current", unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err == unix.ENOENT {
		return false, nil
	}
	if err != nil {
		return false, applet.System(err, "open %s/current", w.path)
	}
	same, err := sameFile(fd, w.file)
	if err == nil && !same {
		err = w.copy()
	}
	if err != nil || same {
		unix.Close(fd)
		return false, err
	}
	if w.file >= 0 {
		unix.Close(w.file)
	}
	w.file = fd
	w.opened++
	return true, nil
}

func sameFile(a, b int) (bool, error) {
	if b < 0 {
		return false, nil
	}
	var sa, sb unix.Stat_t
	if err := unix.Fstat(a, &sa); err != nil {
		return false, err
	}
	if err := unix.Fstat(b, &sb); err != nil {
		return false, err
	}
	return sa.Dev == sb.Dev && sa.Ino == sb.Ino, nil
}

// newCurrents counts the events of inotify(7) by which a file became current. overflow: some were dropped.
func newCurrents(events []byte) (created int, overflow bool) {
	for len(events) >= unix.SizeofInotifyEvent {
		mask := binary.NativeEndian.Uint32(events[4:])
		end := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(events[12:]))
		name, _, _ := bytes.Cut(events[unix.SizeofInotifyEvent:end], []byte{0})
		if mask&(unix.IN_CREATE|unix.IN_MOVED_TO) != 0 && string(name) == "current" {
			created++
		}
		overflow = overflow || mask&unix.IN_Q_OVERFLOW != 0
		events = events[end:]
	}
	return created, overflow
}
