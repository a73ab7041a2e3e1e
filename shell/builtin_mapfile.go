package shell

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// mapping is what mapfile is asked to do.
type mapping struct {
	delim    byte
	strip    bool // the delimiters
	fd       int
	most     int // lines; 0: all
	skip     int // lines before them
	origin   int // index of the first; -1: the array is made anew
	callback string
	quantum  int    // lines between two callbacks
	problem  string // what is wrong with the value of an option
}

// options takes in the options of the command line words, and returns the names behind them, or an option that is none.
func (m *mapping) options(words []string) (names []string, bad string) {
	number := func(value, what string) int {
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			m.problem = value + ": invalid " + what
		}
		return n
	}
	return flagsOf(words, "tc:C:d:n:O:s:u:", func(c byte, value string) {
		switch c {
		case 't':
			m.strip = true
		case 'd':
			m.delim = delimiterOf(value)
		case 'n':
			m.most = number(value, "line count")
		case 's':
			m.skip = number(value, "line count")
		case 'O':
			m.origin = number(value, "array origin")
		case 'u':
			m.fd = number(value, "file descriptor specification")
		case 'c':
			if m.quantum = number(value, "callback quantum"); m.quantum < 1 {
				m.problem = value + ": invalid callback quantum"
			}
		case 'C':
			m.callback = value
		}
	})
}

func builtinMapfile(sh *Shell, words []string) int {
	m := mapping{delim: '\n', origin: -1, quantum: 5000}
	names, bad := m.options(words)
	switch {
	case bad != "":
		return sh.invalidOption(words[0], bad)
	case m.problem != "":
		sh.complain("%s: %s", words[0], m.problem)
		return 1
	}
	name := "MAPFILE"
	if len(names) > 0 {
		name = names[0]
	}
	fd, err := sh.fd(m.fd)
	if err != nil {
		sh.complain("%s: %d: invalid file descriptor: %s", words[0], m.fd, reason(err))
		return 1
	}
	r, v := sh.resolve(ref{name: name})
	if v == nil || m.origin < 0 {
		if v = sh.arrayVar("mapfile", r.name); v == nil {
			return 1
		}
	}
	v.becomeList()
	v.set = true
	m.fill(sh, v, fd)
	return 0
}

// fill reads lines from fd into v.
func (m *mapping) fill(sh *Shell, v *variable, fd int) {
	lines := newLineReader(sh, fd, m.delim, m.most == 0)
	defer lines.giveBack()
	at := max(m.origin, 0)
	for range m.skip {
		lines.next()
	}
	for n := 1; m.most == 0 || n <= m.most; n++ {
		line, ok := lines.next()
		if !ok {
			return
		}
		if m.strip {
			line = strings.TrimSuffix(line, string([]byte{m.delim}))
		}
		line, _, _ = strings.Cut(line, "\x00")
		if m.callback != "" && n%m.quantum == 0 {
			sh.runText(sh.unit, m.callback+" "+strconv.Itoa(at)+" "+quoteSingle(line))
		}
		v.list.put(at, line)
		at++
	}
}

// lineReader reads lines and can put back what it read ahead, if the file allows it.
type lineReader struct {
	sh    *Shell
	fd    int
	delim byte
	seeks bool
	buf   []byte
	rest  string
	eof   bool
}

// newLineReader reads ahead where that can be undone, or where all is read.
func newLineReader(sh *Shell, fd int, delim byte, all bool) *lineReader {
	_, err := unix.Seek(fd, 0, io.SeekCurrent)
	l := &lineReader{sh: sh, fd: fd, delim: delim, seeks: err == nil}
	if l.seeks || all {
		l.buf = make([]byte, 64<<10)
	} else {
		l.buf = make([]byte, 1)
	}
	return l
}

// next returns a line with its delimiter, and all zero bytes.
func (l *lineReader) next() (string, bool) {
	var parts strings.Builder // of a line that takes more than one read
	for {
		if i := strings.IndexByte(l.rest, l.delim); i >= 0 {
			line := l.rest[:i+1]
			l.rest = l.rest[i+1:]
			if parts.Len() > 0 {
				parts.WriteString(line)
				line = parts.String()
			}
			return line, true
		}
		parts.WriteString(l.rest)
		if l.rest = ""; l.eof || !l.fill() {
			l.eof = true
			return parts.String(), parts.Len() > 0
		}
	}
}

// fill reads on; false: there is no more.
func (l *lineReader) fill() bool {
	for {
		var n int
		var err error
		l.sh.blocking(func() { n, err = unix.Read(l.fd, l.buf) })
		if err == unix.EINTR {
			continue
		}
		if err == unix.EAGAIN {
			unix.Ppoll([]unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}, nil, nil)
			continue
		}
		l.rest = string(l.buf[:max(n, 0)])
		return err == nil && n > 0
	}
}

func (l *lineReader) giveBack() {
	if l.seeks && len(l.rest) > 0 {
		unix.Seek(l.fd, -int64(len(l.rest)), io.SeekCurrent)
	}
}
