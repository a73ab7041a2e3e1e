package logging

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// rotate begins a rotation: steps that are carried out in order, each again after an error. A processor that
// is still busy with the last file comes first.
func (d *logdir) rotate() {
	d.todo = []func() error{
		d.awaitProcessor,
		func() error { return sys.Flush(d.current) },
		d.setAside,
		func() error { return setMark(d.current, true) },
		d.newCurrent,
	}
	if d.processor == nil {
		d.todo = append(d.todo, func() error { return d.archive("previous", ".s") }, d.trim)
	} else {
		d.todo = append(d.todo, d.startProcessor)
	}
	d.nextPeriod(time.Now())
}

// errBusy stops a rotation until its processor is done.
const errBusy = unix.EAGAIN

// goOn carries out the steps of a rotation that are left. It is false where writing has to wait.
func (d *logdir) goOn() bool {
	if !d.retry.IsZero() && time.Now().Before(d.retry) {
		return false
	}
	d.retry = time.Time{}
	for len(d.todo) > 0 && d.retry.IsZero() {
		step := d.todo[0]
		d.todo = d.todo[1:]
		err := step()
		if err == nil {
			continue
		}
		d.todo = slices.Insert(d.todo, 0, step)
		if err != errBusy {
			d.fail(err, "rotate")
		}
		return false
	}
	return len(d.todo) == 0
}

func (d *logdir) awaitProcessor() error {
	if d.pid != 0 {
		return errBusy
	}
	return nil
}

// setAside makes current previous. Where somebody has removed it, all there is to do is to begin a new one.
func (d *logdir) setAside() error {
	err := unix.Renameat(d.dir, "current", d.dir, "previous")
	if err == unix.ENOENT {
		d.todo = []func() error{d.newCurrent}
		return nil
	}
	return err
}

func (d *logdir) newCurrent() error {
	if err := d.remake(); err != nil {
		return err
	}
	old := d.current
	if err := d.openCurrent(); err != nil {
		return err
	}
	return unix.Close(old)
}

// startProcessor runs the processor over previous, if nobody has removed it. Lines go on being written to current meanwhile.
func (d *logdir) startProcessor() error {
	st := proc.New(d.env)
	defer st.Release()
	for _, f := range []struct {
		number int
		name   string
		flags  int
	}{
		{0, "previous", unix.O_RDONLY},
		{1, "processed", unix.O_WRONLY | unix.O_CREAT | unix.O_TRUNC},
		{4, "state", unix.O_RDONLY | unix.O_CREAT},
		{5, "newstate", unix.O_WRONLY | unix.O_CREAT | unix.O_TRUNC},
	} {
		fd, err := sys.Open(d.dir, f.name, f.flags|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0o666)
		if err == unix.ENOENT && f.number == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if err := st.SetFD(f.number, fd); err != nil {
			return err
		}
	}
	if err := st.Chdir(d.path); err != nil {
		return err
	}
	pid, status, err := chain.Start(st, d.processor)
	if err != nil {
		return err
	}
	if pid == 0 {
		d.processorEnded(status)
		return nil
	}
	d.pid = pid
	return nil
}

// processorEnded archives what the processor made of previous, or runs it again a while later.
func (d *logdir) processorEnded(status proc.Status) {
	d.pid = 0
	if !status.OK() {
		d.warn("processor in %s ended with %d; running it again in %d ms", d.path, status.Approx(), d.cooldown)
		d.retry = time.Now().Add(time.Duration(d.cooldown) * time.Millisecond)
		d.todo = slices.Insert(d.todo, 0, d.startProcessor)
		return
	}
	done := []func() error{
		func() error { return ignoreMissing(sys.Sync(d.dir, "newstate")) },
		d.finishProcessed,
		func() error { return ignoreMissing(unix.Unlinkat(d.dir, "previous", 0)) },
		func() error { return ignoreMissing(unix.Renameat(d.dir, "newstate", d.dir, "state")) },
		func() error { return d.archive("processed", ".s") },
		d.trim,
	}
	d.todo = append(done, d.todo...)
}

// finishProcessed has the file on the disk, and says that previous is no longer needed, should this be interrupted.
func (d *logdir) finishProcessed() error {
	fd, err := sys.Open(d.dir, "processed", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return ignoreMissing(err)
	}
	defer unix.Close(fd)
	if err := sys.Flush(fd); err != nil {
		return err
	}
	return setMark(fd, true)
}

// ignoreMissing is for what users remove from logdirs: a logger that waits for it to come back would never end.
func ignoreMissing(err error) error {
	if err == unix.ENOENT {
		return nil
	}
	return err
}

// trim removes the oldest archived files until their number and their size are as told.
func (d *logdir) trim() error {
	names, err := sys.ReadDir(d.dir, ".")
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !archived(n) })
	slices.Sort(names) // oldest first
	sizes := make([]uint64, len(names))
	total := uint64(0)
	for i, name := range names {
		var st unix.Stat_t
		if err := unix.Fstatat(d.dir, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return ignoreMissing(err)
		}
		sizes[i] = uint64(st.Size)
		total += sizes[i]
	}
	for i, name := range names {
		if uint64(len(names)-i) <= d.files && (d.total == 0 || total <= d.total) {
			break
		}
		if err := ignoreMissing(unix.Unlinkat(d.dir, name, 0)); err != nil {
			return err
		}
		total -= sizes[i]
	}
	return nil
}

// archived tells whether name is that of an archived file: a stamp and .s or .u.
func archived(name string) bool {
	stamp, ok := strings.CutSuffix(name, ".s")
	if !ok {
		stamp, ok = strings.CutSuffix(name, ".u")
	}
	if !ok {
		return false
	}
	_, ok = tai.Parse(stamp)
	return ok && len(stamp) == tai.TextSize
}

// nextPeriod sets when the next periodic rotation is due.
func (d *logdir) nextPeriod(now time.Time) {
	if d.period > 0 {
		d.due = now.Add(time.Duration(d.period) * time.Second)
	}
}
