package shell

import (
	"io"
	"strings"

	"s6box/internal/proc"
)

// stdinLine reads a line of standard input, and no further: the commands of a script that is read from there find the rest of
// it. "" is the end.
func (sh *Shell) stdinLine() string {
	fd, err := sh.fd(0)
	if err != nil {
		return ""
	}
	var line []byte
	for {
		var c [1]byte
		var err error
		if sh.blocking(func() { _, err = proc.FD(fd).Read(c[:]) }); err != nil {
			return string(line)
		}
		if line = append(line, c[0]); c[0] == '\n' {
			return string(line)
		}
	}
}

// runStream runs what more reads, a line at a time, up to an empty one.
func (sh *Shell) runStream(u *unit, more func() string) {
	sh.runUnit(u, func() {
		run := &lines{sh: sh, raw: true, more: more}
		for text, again := "", true; again; {
			text, again = run.text(text)
		}
	})
}

// feed is what the parser reads: text, and the lines of a stream behind it.
type feed struct {
	sh   *Shell
	text string
	at   int
	more func() string // nil: there is no more
}

func (f *feed) Read(p []byte) (int, error) {
	if f.at == len(f.text) && f.more != nil {
		line, _ := validText(f.more())
		f.text = f.sh.plainComments(f.text + line)
	}
	if f.at == len(f.text) {
		return 0, io.EOF
	}
	n := copy(p, f.text[f.at:])
	f.at += n
	return n, nil
}

// lineDone runs a line of a stream, of which no more has been read.
func (l *lines) lineDone(text string) (rest string, again bool) {
	if !l.flush(false) {
		return "", false
	}
	rest = text[min(l.parsed, uint(len(text))):]
	if l.skip > 0 { // the line was given up
		for rest = text; l.skip > 0; l.skip-- {
			_, rest, _ = strings.Cut(rest, "\n")
		}
	}
	l.spans = shifted(l.spans, len(text)-len(rest))
	l.restart(strings.Count(text, "\n") - strings.Count(rest, "\n"))
	return rest, true
}

// unclosed adds a line of the stream to text, where the parser has stopped inside of parentheses or brackets that are still open.
func (l *lines) unclosed(text string, err error) (longer string, ok bool) {
	at, _ := errorAt(err)
	if l.more == nil || at < int(l.parsed) || at > len(text) {
		return "", false
	}
	if start, end := enclosing(text, int(l.parsed), at); start < 0 || end < len(text) {
		return "", false
	}
	line, _ := validText(l.more())
	return text + line, line != ""
}
