package logging

import (
	"bytes"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/zone"
)

// options are those of s6-log.
type options struct {
	blocking bool
	protect  bool
	verbose  uint64
	limit    uint64
	timeout  uint64 // milliseconds for the rest of a last line, 0 for ever
	notif    uint64 // descriptor, 0 none
}

// logger carries a logging script out on the lines of a stream, until that ends or a signal asks for it.
type logger struct {
	options
	inv   *applet.Invocation
	steps []step
	dirs  map[string]*logdir
	order []*logdir
	lines splitter
	out   []byte // for standard output, not written yet
	mute  bool   // standard output has failed
	zone  *time.Location

	signals chan os.Signal
	wake    int       // read end of the pipe that a signal writes to
	ending  bool      // stop reading at the next end of a line
	until   time.Time // when not to wait for that any longer; zero: wait
	eof     bool
}

func newLogger(inv *applet.Invocation, o options, steps []step) (*logger, error) {
	l := &logger{options: o, inv: inv, steps: steps, dirs: map[string]*logdir{}, lines: splitter{limit: int(o.limit)}}
	l.zone = zone.Local(inv.Proc.Env.Get("TZ"))
	for _, s := range steps {
		if s.action == nil || (s.target[0] != '/' && s.target[0] != '.') {
			continue
		}
		if err := l.open(s.action); err != nil {
			return nil, err
		}
	}
	return l, l.catch()
}

// open gives an action its logdir. Actions that name the same one share it; the first says how it is rotated.
func (l *logger) open(a *action) error {
	for _, d := range l.order {
		if d.is(a.target) {
			l.dirs[a.target] = d
			return nil
		}
	}
	d, err := openLogdir(a.target, a.settings, l.inv.Proc.Env, l.warn)
	if err != nil {
		return err
	}
	l.dirs[a.target] = d
	l.order = append(l.order, d)
	return nil
}

func (l *logger) warn(format string, args ...any) {
	if l.verbose > 0 {
		l.inv.Warn(format, args...)
	}
}

// catch routes the signals into the loop.
func (l *logger) catch() error {
	r, w, err := proc.Pipe()
	if err != nil {
		return applet.System(err, "make a pipe")
	}
	if err := unix.SetNonblock(w, true); err != nil {
		return applet.System(err, "make a pipe non-blocking")
	}
	l.wake = r
	l.signals = make(chan os.Signal, 16)
	arrived := make(chan os.Signal, 16)
	signal.Ignore(unix.SIGPIPE)
	signal.Notify(arrived, unix.SIGTERM, unix.SIGHUP, unix.SIGALRM, unix.SIGCHLD)
	go func() {
		for s := range arrived {
			l.signals <- s
			unix.Write(w, []byte{0})
		}
	}()
	return nil
}

// run is the loop. It returns when the last line is where it belongs.
func (l *logger) run() error {
	buf := make([]byte, 1<<16)
	for !l.done() {
		fds := []unix.PollFd{{Fd: int32(l.wake), Events: unix.POLLIN}, {Fd: -1}, {Fd: -1}}
		if l.reading() {
			fds[1] = unix.PollFd{Fd: int32(l.inv.Proc.Stdin()), Events: unix.POLLIN}
		}
		if len(l.out) > 0 {
			fds[2] = unix.PollFd{Fd: int32(l.inv.Proc.Stdout()), Events: unix.POLLOUT}
		}
		if _, err := sys.Poll(fds, l.deadline()); err != nil {
			return applet.System(err, "poll")
		}
		if fds[0].Revents != 0 {
			l.handleSignals(buf[:64])
		}
		if fds[2].Revents != 0 {
			l.writeOut()
		}
		switch {
		case fds[1].Revents&unix.POLLNVAL != 0: // closed
			l.atEOF()
		case fds[1].Revents != 0:
			l.read(buf)
		}
		l.checkTime(time.Now())
		for _, d := range l.order {
			d.flush()
		}
	}
	for _, d := range l.order {
		d.close()
	}
	return nil
}

// done tells that nothing will come any more and nothing is left to write.
func (l *logger) done() bool {
	if !l.eof || len(l.out) > 0 {
		return false
	}
	for _, d := range l.order {
		if len(d.pending) > 0 || len(d.todo) > 0 || d.pid != 0 {
			return false
		}
	}
	return true
}

// reading tells whether to read on: not after the end and, with -b, not before all is written.
func (l *logger) reading() bool {
	if l.eof {
		return false
	}
	if !l.blocking {
		return true
	}
	for _, d := range l.order {
		if len(d.pending) > 0 || len(d.todo) > 0 {
			return false
		}
	}
	return len(l.out) == 0
}

// deadline is the next moment at which there is something to do without any event.
func (l *logger) deadline() time.Time {
	next := l.until
	for _, d := range l.order {
		for _, t := range [...]time.Time{d.retry, d.due} {
			if !t.IsZero() && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
	}
	return next
}

func (l *logger) checkTime(now time.Time) {
	if !l.until.IsZero() && !now.Before(l.until) {
		l.end()
	}
	for _, d := range l.order {
		if !d.due.IsZero() && !now.Before(d.due) {
			if d.written > 0 && len(d.todo) == 0 {
				d.rotate()
			}
			d.nextPeriod(now)
		}
	}
}

func (l *logger) handleSignals(buf []byte) {
	unix.Read(l.wake, buf)
	for {
		select {
		case s := <-l.signals:
			l.handle(s)
		default:
			return
		}
	}
}

func (l *logger) handle(s os.Signal) {
	switch s {
	case unix.SIGTERM:
		if !l.protect {
			l.endSoon()
		}
	case unix.SIGHUP:
		l.endSoon()
	case unix.SIGALRM:
		for _, d := range l.order {
			if len(d.todo) == 0 {
				d.rotate()
			}
		}
	case unix.SIGCHLD:
		l.reap()
	}
}

// reap collects the processors that have ended.
func (l *logger) reap() {
	for _, d := range l.order {
		if d.pid == 0 {
			continue
		}
		var ws unix.WaitStatus
		if pid, err := unix.Wait4(d.pid, &ws, unix.WNOHANG, nil); err == nil && pid == d.pid {
			d.processorEnded(proc.Status(ws))
		}
	}
}

// endSoon stops reading at the next end of a line, for which it waits some time.
func (l *logger) endSoon() {
	if l.eof || l.ending {
		return
	}
	l.ending = true
	if len(l.lines.partial) == 0 {
		l.end()
		return
	}
	l.until = sys.Deadline(l.timeout)
}

// end takes what is there of a last line as a line, and reads no more.
func (l *logger) end() {
	l.until = time.Time{}
	if !l.eof {
		l.eof = true
		now := time.Now().In(l.zone)
		l.lines.finish(func(line []byte) { l.log(now, line) })
	}
}

// atEOF ends reading. A last line without end is not one, upstream drops it as well; but it is what a signal
// has made the logger wait for.
func (l *logger) atEOF() {
	if l.ending {
		l.end()
	}
	l.eof, l.until = true, time.Time{}
}

// read takes in what the stream has.
func (l *logger) read(buf []byte) {
	n, err := unix.Read(int(l.inv.Proc.Stdin()), buf)
	switch {
	case err == unix.EINTR || err == unix.EAGAIN:
		return
	case err != nil:
		l.warn("unable to read standard input: %s", applet.Reason(err))
		l.eof = true
		return
	case n == 0:
		l.atEOF()
		return
	}
	data := buf[:n]
	if l.ending {
		if i := bytes.IndexAny(data, "\n\x00"); i >= 0 {
			data = data[:i+1]
		}
	}
	now := time.Now().In(l.zone)
	l.lines.feed(data, func(line []byte) { l.log(now, line) })
	if l.ending && len(l.lines.partial) == 0 {
		l.end()
	}
}
