package logging

import (
	"bytes"
	"io"

	"s6box/internal/applet"
)

var cmdUcspilogd = applet.Applet{
	Name:  "ucspilogd",
	Usage: "[ -D default ] [ var... ]",
	Help: `Copies lines, ended by a newline or a NUL, from stdin to stdout. A syslog priority such as <13> at the start
of a line becomes its name, and the values of the variables var stand in front of it. A TAI64N stamp stays first.

  -D DEFAULT  what stands for a variable that is not set (<undefined>)

Exit codes: 100 usage, 111 a system call failed.

Example: s6-ipcserver /dev/log ucspilogd IPCREMOTEEUID
`,
	Run: runUcspilogd,
}

// relabel rewrites the lines of a stream. It holds no more of a line than a stamp or the priority may take.
type relabel struct {
	prefix  []byte
	head    []byte // the start of a line, while it may be a stamp or a priority
	stamped bool   // behind the stamp
	inside  bool   // behind the start of a line
	out     []byte
}

// stampSize is that of a TAI64N stamp and the blank behind it.
const stampSize = 26

func runUcspilogd(inv *applet.Invocation) error {
	undefined := "<undefined>"
	err := inv.Getopt("D:", func(_ byte, value string) error {
		undefined = value
		return nil
	})
	if err != nil {
		return err
	}
	var r relabel
	for _, name := range inv.Args {
		value, ok := inv.Proc.Env.Get(name)
		if !ok {
			value = undefined
		}
		r.prefix = append(append(r.prefix, value...), ": "...)
	}
	buf := make([]byte, 16384)
	for {
		n, err := inv.Proc.Stdin().Read(buf)
		if err == io.EOF {
			r.end()
		} else if err != nil {
			return applet.System(err, "read from stdin")
		}
		r.feed(buf[:n])
		if _, werr := inv.Proc.Stdout().Write(r.out); werr != nil {
			return applet.System(werr, "write to stdout")
		}
		if r.out = r.out[:0]; err == io.EOF {
			return nil
		}
	}
}

func (r *relabel) feed(p []byte) {
	for len(p) > 0 {
		if r.inside {
			end := bytes.IndexAny(p, "\n\x00")
			if end < 0 {
				r.out = append(r.out, p...)
				return
			}
			r.out = append(append(r.out, p[:end]...), '\n')
			p, r.inside = p[end+1:], false
			continue
		}
		c := p[0]
		p = p[1:]
		if c == '\n' || c == 0 {
			r.start()
			r.out, r.inside = append(r.out, '\n'), false
			continue
		}
		r.head = append(r.head, c)
		switch {
		case r.head[0] == '@' && !r.stamped:
			if len(r.head) == stampSize {
				r.stamp()
			}
		case r.head[0] != '<' || c == '>' || len(r.head) == maxCode:
			r.start()
		}
	}
}

// stamp leaves the stamp that a line starts with in front.
func (r *relabel) stamp() {
	if bytes.IndexByte(r.head, ' ') != stampSize-1 { // what is no number is taken too, as upstream does
		r.start()
		return
	}
	r.out = append(r.out, r.head...)
	r.head, r.stamped = r.head[:0], true
}

// start writes the start of a line.
func (r *relabel) start() {
	name, rest := syslogName(r.head)
	r.out = append(append(append(r.out, r.prefix...), name...), rest...)
	r.head, r.stamped, r.inside = r.head[:0], false, true
}

// end writes the rest of a line that the stream ended in.
func (r *relabel) end() {
	if len(r.head) > 0 || r.stamped {
		r.start()
	}
	if r.inside {
		r.out, r.inside = append(r.out, '\n'), false
	}
}
