package shell

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func builtinMapfile(sh *Shell, words []string) int {
	delim, strip, fd := byte('\n'), false, 0
	most, skip, origin, quantum := 0, 0, -1, 5000
	callback, problem := "", ""
	number := func(value, what string) int {
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			problem = value + ": invalid " + what
		}
		return n
	}
	names, bad := flagsOf(words, "tc:C:d:n:O:s:u:", func(c byte, value string) {
		switch c {
		case 't':
			strip = true
		case 'd':
			delim = 0
			if value != "" {
				delim = value[0]
			}
		case 'n':
			most = number(value, "line count")
		case 's':
			skip = number(value, "line count")
		case 'O':
			origin = number(value, "array origin")
		case 'u':
			fd = number(value, "file descriptor specification")
		case 'c':
			if quantum = number(value, "callback quantum"); quantum < 1 {
				problem = value + ": invalid callback quantum"
			}
		case 'C':
			callback = value
		}
	})
	switch {
	case bad != "":
		return sh.invalidOption(words[0], bad)
	case problem != "":
		sh.complain("%s: %s", words[0], problem)
		return 1
	}
	name := "MAPFILE"
	if len(names) > 0 {
		name = names[0]
	}
	real, err := sh.fd(fd)
	if err != nil {
		sh.complain("%s: %d: invalid file descriptor: %s", words[0], fd, reason(err))
		return 1
	}
	r, v := sh.resolve(ref{name: name})
	if v == nil || origin < 0 {
		if v = sh.arrayVar("mapfile", r.name); v == nil {
			return 1
		}
	}
	v.becomeList()
	v.set = true
	at := max(origin, 0)
	lines := newLineReader(sh, real, delim, most == 0)
	for n := 0; most == 0 || n < most; {
		line, ok := lines.next()
		if !ok {
			break
		}
		if skip > 0 {
			skip--
			continue
		}
		if strip {
			line = strings.TrimSuffix(line, string([]byte{delim}))
		}
		line, _, _ = strings.Cut(line, "\x00")
		if n++; callback != "" && n%quantum == 0 {
			sh.runText(sh.unit, callback+" "+strconv.Itoa(at)+" "+quoteSingle(line))
		}
		v.list.put(at, line)
		at++
	}
	lines.giveBack()
	return 0
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
