package logging

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// logdir is a directory that lines are logged into. It keeps what it can't write, and tries again: an error
// delays lines, it never loses any. See the page s6-log, logdirs.
type logdir struct {
	settings
	path    string
	dir     int // descriptor of the directory
	lock    int
	current int
	written uint64    // bytes in current
	pending []byte    // lines that are not in current yet
	retry   time.Time // when to go on after an error; zero: at once
	due     time.Time // next periodic rotation; zero: none
	todo    []func() error
	pid     int      // of the processor that is running
	env     proc.Env // of processors
	warn    func(format string, args ...any)
}

// openLogdir makes or takes over a logdir, and puts it into order if its last writer did not end well.
// Errors are exit code 111.
func openLogdir(path string, s settings, env proc.Env, warn func(string, ...any)) (*logdir, error) {
	d := &logdir{settings: s, path: path, env: env, warn: warn}
	if err := d.enter(); err != nil {
		return nil, err
	}
	if err := d.recover(); err != nil {
		return nil, applet.System(err, "recover %s", path)
	}
	if err := d.openCurrent(); err != nil {
		return nil, applet.System(err, "open %s/current", path)
	}
	d.nextPeriod(time.Now())
	return d, nil
}

// enter makes the directory, if there is none, and has it for this process alone.
func (d *logdir) enter() error {
	if err := unix.Mkdir(d.path, 0o700); err != nil && err != unix.EEXIST {
		return applet.System(err, "mkdir %s", d.path)
	}
	dir, err := sys.Open(sys.AT, d.path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return applet.System(err, "open %s", d.path)
	}
	lock, err := sys.Open(dir, "lock", unix.O_WRONLY|unix.O_CREAT|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0o666)
	if err != nil {
		unix.Close(dir)
		return applet.System(err, "open %s/lock", d.path)
	}
	if err := sys.Lock(lock); err != nil {
		unix.Close(dir)
		unix.Close(lock)
		return applet.Fatal(applet.ExitSystem, "unable to lock %s/lock: Resource busy (another s6-log writes there)", d.path)
	}
	d.dir, d.lock = dir, lock
	return nil
}

// remake enters a directory that somebody has removed again, which makes a new one.
func (d *logdir) remake() error {
	var st unix.Stat_t
	if err := unix.Fstat(d.dir, &st); err != nil || st.Nlink > 0 {
		return err
	}
	dir, lock := d.dir, d.lock
	if err := d.enter(); err != nil {
		return err
	}
	unix.Close(dir)
	unix.Close(lock)
	return nil
}

// recover archives what an interrupted writer left behind. A current file with its owner's x bit was closed
// cleanly and goes on being used.
func (d *logdir) recover() error {
	if d.marked("current") {
		return nil
	}
	d.remove("state")
	d.remove("newstate")
	if d.marked("processed") {
		d.remove("previous")
		if err := d.archive("processed", ".s"); err != nil {
			return err
		}
	} else {
		d.remove("processed")
		if err := d.archive("previous", ".u"); err != nil {
			return err
		}
	}
	if err := d.archive("current", ".u"); err != nil {
		return err
	}
	if err := d.trim(); err != nil { // a writer that is killed over and over may never get to a rotation
		d.warn("unable to remove old files from %s: %s", d.path, applet.Reason(err))
	}
	return d.create("state")
}

// openCurrent opens current for appending, takes its mark away, and makes sure there is a state file.
func (d *logdir) openCurrent() error {
	fd, err := sys.Open(d.dir, "current", unix.O_WRONLY|unix.O_CREAT|unix.O_APPEND|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0o666)
	if err != nil {
		return err
	}
	var st unix.Stat_t
	err = unix.Fstat(fd, &st)
	if err == nil && st.Mode&mark != 0 {
		err = setMark(fd, false)
	}
	if err == nil && !d.exists("state") {
		err = d.create("state")
	}
	if err != nil {
		unix.Close(fd)
		return err
	}
	d.current, d.written = fd, uint64(st.Size)
	return nil
}

func (d *logdir) create(name string) error {
	fd, err := sys.Open(d.dir, name, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0o666)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// mark is the permission of a file that was closed cleanly, or that is whole.
const mark = 0o100

// setMark sets the mark of an open file, or takes it away. By name it might be another file by now: the directory may be a user's.
func setMark(fd int, on bool) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	mode := st.Mode & 0o7777 &^ mark
	if on {
		mode |= mark
	}
	return unix.Fchmod(fd, mode)
}

func (d *logdir) marked(name string) bool {
	st, ok := d.stat(name)
	return ok && st.Mode&mark != 0
}

func (d *logdir) exists(name string) bool {
	_, ok := d.stat(name)
	return ok
}

// stat looks at a regular file.
func (d *logdir) stat(name string) (st unix.Stat_t, ok bool) {
	err := unix.Fstatat(d.dir, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	return st, err == nil && st.Mode&unix.S_IFMT == unix.S_IFREG
}

func (d *logdir) remove(name string) { unix.Unlinkat(d.dir, name, 0) }

// archive renames a file to the present time, or removes it if it is empty or the archive of nothing.
func (d *logdir) archive(name, suffix string) error {
	var st unix.Stat_t
	if err := unix.Fstatat(d.dir, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		if err == unix.ENOENT {
			return nil
		}
		return err
	}
	if st.Size == 0 || st.Nlink > 1 {
		return unix.Unlinkat(d.dir, name, 0)
	}
	for {
		err := unix.Linkat(d.dir, name, d.dir, tai.Now().String()+suffix, 0)
		if err == unix.EEXIST {
			continue
		}
		if err != nil {
			return err
		}
		return unix.Unlinkat(d.dir, name, 0)
	}
}

// is tells whether path leads to the logdir.
func (d *logdir) is(path string) bool {
	var a, b unix.Stat_t
	return unix.Stat(path, &a) == nil && unix.Fstat(d.dir, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// flush writes what is pending, rotating where current becomes full. It leaves the rest for later on an error,
// or while a rotation can't go on.
func (d *logdir) flush() {
	for len(d.pending) > 0 || len(d.todo) > 0 {
		if !d.goOn() || len(d.pending) == 0 {
			return
		}
		n, err := d.writeSome(d.pending[:d.chunk()])
		d.written += uint64(n)
		full := n > 0 && d.pending[n-1] == '\n' && d.full()
		d.pending = d.pending[n:]
		if err != nil {
			d.fail(err, "write to")
			return
		}
		if full {
			d.rotate()
		}
	}
	if cap(d.pending) > 1<<16 {
		d.pending = nil
	}
}

func (d *logdir) full() bool { return d.written+d.tolerance >= d.size }

// chunk is how much of what is pending goes into current before it is full: whole lines, up to the first that
// reaches the size.
func (d *logdir) chunk() int {
	size := d.written
	end := 0
	for end < len(d.pending) {
		next := bytes.IndexByte(d.pending[end:], '\n') + 1
		if next == 0 {
			return len(d.pending)
		}
		end += next
		size += uint64(next)
		if size+d.tolerance >= d.size {
			break
		}
	}
	return end
}

func (d *logdir) writeSome(p []byte) (int, error) {
	for {
		n, err := unix.Write(d.current, p)
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// fail says what went wrong and lets the logdir rest.
func (d *logdir) fail(err error, what string) {
	d.warn("unable to %s %s: %s; retrying in %d ms", what, d.path, applet.Reason(err), d.cooldown)
	d.retry = time.Now().Add(time.Duration(d.cooldown) * time.Millisecond)
}

// close ends writing cleanly: everything is on the disk and current has its mark, or else the next writer puts it aside.
func (d *logdir) close() {
	err := sys.Flush(d.current)
	if err == nil {
		err = setMark(d.current, true)
	}
	if err != nil {
		d.warn("unable to close %s/current cleanly: %s", d.path, applet.Reason(err))
	}
	proc.FD(d.current).Close()
	proc.FD(d.lock).Close()
	proc.FD(d.dir).Close()
}
