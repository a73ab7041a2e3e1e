package logging

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// log carries the script out on one line.
func (l *logger) log(now time.Time, line []byte) {
	selected, acted := true, false
	for _, s := range l.steps {
		switch {
		case s.selection == nil:
			if selected {
				acted = true
				l.act(s.action, now, line)
			}
		case s.kind == 'f':
			selected = !acted
		case selected == (s.kind == '-') && s.match(line):
			selected = !selected
		}
	}
}

func (l *logger) act(a *action, now time.Time, line []byte) {
	switch a.target[0] {
	case '1':
		if !l.mute {
			l.out = append(a.decorate(l.out, now, line), '\n')
		}
	case '2':
		l.alert(a, now, line)
	case '=':
		l.status(a, now, line)
	default:
		d := l.dirs[a.target]
		d.pending = append(a.decorate(d.pending, now, line), '\n')
	}
}

// alert prints a line on standard error, cut where it is much longer than an alert may be.
func (l *logger) alert(a *action, now time.Time, line []byte) {
	tail := "\n"
	if a.settings.alert > 0 && uint64(len(line)) > a.settings.alert+3 {
		line, tail = line[:a.settings.alert], "...\n"
	}
	text := a.decorate([]byte("s6-log: alert: "), now, line)
	l.inv.Proc.Stderr().Write(append(text, tail...))
}

// status replaces a status file by a line, cut or padded to its size.
func (l *logger) status(a *action, now time.Time, line []byte) {
	text := a.decorate(nil, now, line)
	if size := a.settings.status; size > 0 {
		text = append(text, bytes.Repeat([]byte{'\n'}, max(int(size)-len(text), 0))...)[:size]
	} else {
		text = append(text, '\n')
	}
	file := a.target[1:]
	if err := sys.ReplaceFile(sys.AT, file, text, 0o666); err != nil {
		l.warn("unable to write status file %s: %s", file, applet.Reason(err))
	}
}

// writeOut writes as much to standard output as it takes without waiting; a pipe that is ready takes this
// many bytes at least. An error ends writing there for good.
func (l *logger) writeOut() {
	const pipeBuf = 4096
	n, err := unix.Write(int(l.inv.Proc.Stdout()), l.out[:min(len(l.out), pipeBuf)])
	if err == unix.EINTR || err == unix.EAGAIN {
		return
	}
	if err != nil {
		l.mute, l.out = true, nil
		l.warn("unable to write to standard output: %s; ignoring directive 1 from now on", applet.Reason(err))
		return
	}
	l.out = l.out[n:]
}
