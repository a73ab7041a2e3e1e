package shell

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
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

func builtinRead(sh *Shell, words []string) int {
	r := reading{sh: sh, delim: '\n', chars: -1}
	array, prompt, silent, fd, timed := "", "", false, 0, false
	problem := ""
	names, bad := flagsOf(words, "rsea:d:i:n:N:p:t:u:", func(c byte, value string) {
		switch c {
		case 'r':
			r.raw = true
		case 's':
			silent = true
		case 'a':
			array = value
		case 'd':
			r.delim = 0
			if value != "" {
				r.delim = value[0]
			}
		case 'p':
			prompt = value
		case 'n', 'N':
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				problem = value + ": invalid number"
			}
			r.chars, r.exact = n, c == 'N'
		case 't':
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil || seconds < 0 || math.IsNaN(seconds) {
				problem = value + ": invalid timeout specification"
			}
			r.timeout, timed = time.Duration(seconds*float64(time.Second)), true
		case 'u':
			n, err := strconv.Atoi(value)
			if err != nil {
				problem = value + ": invalid file descriptor specification"
			}
			fd = n
		}
	})
	if bad != "" {
		return sh.invalidOption("read", bad)
	}
	if problem != "" {
		sh.complain("read: %s", problem)
		return 1
	}
	for _, name := range names {
		if !isName(parseRef(name).name) {
			sh.complain("read: `%s': not a valid identifier", name)
			return 1
		}
	}
	var err error
	if r.fd, err = sh.fd(fd); err != nil {
		if fd == 0 {
			sh.complain("read: read error: 0: %s", reason(err))
		} else {
			sh.complain("read: %d: invalid file descriptor: %s", fd, reason(err))
		}
		return 1
	}
	if timed {
		if r.timeout == 0 {
			return boolStatus(r.ready(0))
		}
		r.until = time.Now().Add(r.timeout)
	}
	if terminal := isTerminal(r.fd); terminal {
		sh.write(2, prompt)
		if silent {
			defer noEcho(r.fd)()
		}
	}
	line, code := r.line()
	if code == codeFailed {
		return 1
	}
	return max(code, sh.readAssign(&r, line, names, array))
}

const codeFailed = 2

// readAssign splits the line and gives it to the variables.
func (sh *Shell) readAssign(r *reading, line []glyph, names []string, array string) int {
	ifs, ok := sh.get("IFS")
	if !ok {
		ifs = " \t\n"
	}
	if array != "" {
		v := sh.arrayVar(array)
		if v == nil {
			return 1
		}
		for i, f := range splitGlyphs(line, ifs, -1) {
			v.list.put(i, f)
		}
		v.set = true
		return 0
	}
	if r.exact && len(names) > 0 || len(names) == 0 {
		name := "REPLY"
		if len(names) > 0 {
			name = names[0]
		}
		for _, extra := range names[min(1, len(names)):] {
			sh.readSet(extra, "")
		}
		return sh.readSet(name, glyphText(line))
	}
	status := 0
	fields := splitGlyphs(line, ifs, len(names))
	for i, name := range names {
		value := ""
		if i < len(fields) {
			value = fields[i]
		}
		status = max(status, sh.readSet(name, value))
	}
	return status
}

// arrayVar makes name an empty indexed array.
func (sh *Shell) arrayVar(name string) *variable {
	r, v := sh.resolve(ref{name: name})
	switch {
	case !isName(r.name):
		sh.complain("read: `%s': not a valid identifier", name)
		return nil
	case v == nil:
		v = sh.add(sh.scope.global(), r.name)
	case v.flags&readonly != 0:
		sh.complain("%s: readonly variable", name)
		return nil
	case v.flags&isAssoc != 0:
		sh.complain("read: %s: cannot convert associative to indexed array", name)
		return nil
	}
	v.flags |= isList
	v.list, v.str = &list{}, ""
	return v
}

func (sh *Shell) readSet(name, value string) int {
	r := parseRef(name)
	if r.sub {
		if index, err := sh.expandText(r.index); err == nil {
			r.index = index
		}
	}
	if err := sh.assign(r, value, false); err != nil {
		sh.complain("%s", err.Error())
		return 1
	}
	return 0
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
		ts := unix.NsecToTimespec(int64(d))
		timeout = &ts
	}
	r.sh.blocking(func() { unix.Ppoll(fds, timeout, nil) })
	return fds[0].Revents != 0
}

func isTerminal(fd int) bool {
	_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil
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

// splitGlyphs splits a line at the characters of IFS into at most n fields, the last of which has all that is
// left; n < 0: no limit.
func splitGlyphs(line []glyph, ifs string, n int) []string {
	sep := func(i int) bool {
		return i < len(line) && !line[i].escaped && strings.Contains(ifs, line[i].text)
	}
	blank := func(i int) bool {
		return sep(i) && strings.Contains(" \t\n", line[i].text)
	}
	i := 0
	for blank(i) {
		i++
	}
	var out []string
	for i < len(line) {
		if n > 0 && len(out) == n-1 {
			return append(out, lastField(line[i:], ifs))
		}
		start := i
		for i < len(line) && !sep(i) {
			i++
		}
		out = append(out, glyphText(line[start:i]))
		for blank(i) {
			i++
		}
		if sep(i) && !blank(i) {
			i++
			for blank(i) {
				i++
			}
		}
	}
	return out
}

// lastField is the rest of a line without the white space of IFS at its end, and without a delimiter that ends the only field
// in it.
func lastField(line []glyph, ifs string) string {
	blank := func(g glyph) bool {
		return !g.escaped && strings.Contains(ifs, g.text) && strings.Contains(" \t\n", g.text)
	}
	trim := func() {
		for len(line) > 0 && blank(line[len(line)-1]) {
			line = line[:len(line)-1]
		}
	}
	trim()
	if fields := splitGlyphs(line, ifs, -1); len(fields) == 1 && len(line) > 0 {
		if last := line[len(line)-1]; !last.escaped && strings.Contains(ifs, last.text) {
			line = line[:len(line)-1]
			trim()
		}
	}
	return glyphText(line)
}
