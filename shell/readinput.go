package shell

import (
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// reading is how read reads.
type reading struct {
	sh      *Shell
	fd      int // of this process
	raw     bool
	delim   byte
	chars   int  // stop after so many; -1: no limit
	exact   bool // -N: delimiters are ordinary
	timeout time.Duration
	until   time.Time
	seek    bool // the file can be read ahead and put back
}

// glyph is a character that was read; one behind a backslash never separates.
type glyph struct {
	text    string
	escaped bool
}

func glyphText(line []glyph) string {
	var b strings.Builder
	for _, g := range line {
		b.WriteString(g.text)
	}
	return b.String()
}

// line reads up to the delimiter. The code is 0, 1 at the end of input, or 128 plus SIGALRM after the time.
func (r *reading) line() (line []glyph, code int) {
	if off, err := unix.Seek(r.fd, 0, io.SeekCurrent); err == nil && off >= 0 {
		r.seek = true
	}
	in := &input{r: r}
	defer in.giveBack()
	for r.chars < 0 || len(line) < r.chars {
		c, err := in.char()
		if err != nil {
			return line, r.ended(err)
		}
		if !r.exact && c == string(r.delim) {
			return line, 0
		}
		if c == "\x00" {
			continue
		}
		if c == "\\" && !r.raw {
			next, err := in.char()
			if err != nil {
				return line, r.ended(err)
			}
			if next != "\n" {
				line = append(line, glyph{next, true})
			}
			continue
		}
		line = append(line, glyph{c, false})
	}
	return line, 0
}

func (r *reading) ended(err error) int {
	switch {
	case errors.Is(err, io.EOF):
		return 1
	case errors.Is(err, unix.ETIME):
		return 128 + int(unix.SIGALRM)
	case errors.Is(err, unix.ECANCELED):
		return 1
	}
	r.sh.complain("read: read error: 0: %s", reason(err))
	return codeFailed
}

// input reads bytes: one at a time from a pipe, because what follows the line is another program's.
type input struct {
	r    *reading
	buf  []byte
	rest []byte
}

func (in *input) byte() (byte, error) {
	if len(in.rest) > 0 {
		c := in.rest[0]
		in.rest = in.rest[1:]
		return c, nil
	}
	if err := in.r.wait(); err != nil {
		return 0, err
	}
	if in.buf == nil {
		size := 1
		if in.r.seek {
			size = 512
		}
		in.buf = make([]byte, size)
	}
	for {
		var n int
		var err error
		in.r.sh.blocking(func() { n, err = unix.Read(in.r.fd, in.buf) })
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			in.r.ready(-1)
			continue
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		}
		in.rest = in.buf[1:n]
		return in.buf[0], nil
	}
}

// char reads a character, several bytes long in UTF-8.
func (in *input) char() (string, error) {
	c, err := in.byte()
	if err != nil || c < utf8.RuneSelf || in.r.sh.charMode() != 0 {
		return string([]byte{c}), err
	}
	buf := []byte{c}
	for !utf8.FullRune(buf) {
		c, err := in.byte()
		if err != nil {
			break
		}
		buf = append(buf, c)
	}
	return string(buf), nil
}

// giveBack puts what was read ahead back.
func (in *input) giveBack() {
	if len(in.rest) > 0 {
		unix.Seek(in.r.fd, -int64(len(in.rest)), io.SeekCurrent)
	}
}

// wait waits until there is input, running the traps of signals that arrive meanwhile.
func (r *reading) wait() error {
	if r.until.IsZero() && r.sh.traps.signals == nil {
		return nil
	}
	for {
		left := time.Duration(-1)
		if !r.until.IsZero() {
			if left = time.Until(r.until); left <= 0 {
				return unix.ETIME
			}
		}
		if r.ready(left) {
			return nil
		}
		if r.sh.traps.pending() {
			r.sh.runTraps()
			if r.sh.stopped() {
				return unix.ECANCELED
			}
		}
	}
}

// ready polls for input for at most d; negative: for ever. A trapped signal makes it return early.
func (r *reading) ready(d time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(r.fd), Events: unix.POLLIN}}
	if s := r.sh.traps.signals; s != nil && s.event >= 0 {
		fds = append(fds, unix.PollFd{Fd: int32(s.event), Events: unix.POLLIN})
	}
	var timeout *unix.Timespec
	if d >= 0 {
		ts := sys.Timespec(d)
		timeout = &ts
	}
	r.sh.blocking(func() { unix.Ppoll(fds, timeout, nil) })
	return fds[0].Revents != 0
}

// noEcho turns the echo of a terminal off; the function returned turns it on again.
func noEcho(fd int) func() {
	old, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}
	}
	quiet := *old
	quiet.Lflag &^= unix.ECHO
	unix.IoctlSetTermios(fd, unix.TCSETSW, &quiet)
	return func() { unix.IoctlSetTermios(fd, unix.TCSETSW, old) }
}
