package dnsclient

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/networking/dns"
)

const filterUsage = "[ -l lines ] [ -c concurrency ] [ -t timeout ] [ -f format ] [ -e errorformat ]"

const filterOptions = `  -l N    keep at most N lines, printing them in their order (256; never less than -c has)
  -c N    look up at most N at a time (128)
  -t MS   give an answer up after MS milliseconds
  -f FMT  print a line with an answer like this (%s=%d%w%r)
  -e FMT  print a line without one like this (%s=<%e>%w%r)

%s is what is asked for, %d the answer, %e why there is none, %w the blanks and %r the rest of the line behind it, %% a percent sign.
`

const filterCodes = "\nExit codes: 0 at the end of stdin, 100 wrong usage, 111 a system call failed.\n"

// question is what a filter asks the DNS: no name, nothing.
type question struct {
	name string
	kind dns.Type
}

// filter is the task of the commands that look up what lines begin with.
type filter struct {
	*applet.Invocation
	// split parts a line into what it asks for and what is behind that.
	split func(text string) (subject, rest string, q question)

	most, atOnce, timeout uint64
	normal, failing       format
	resolver              *dns.Resolver
	pool                  dns.Pool
	input                 []byte // read, and not yet taken for lines
	eof                   bool
	lines                 []*filtered
}

// filtered is a line on its way from stdin to stdout.
type filtered struct {
	line
	question question
	started  bool
	done     bool
}

// option takes an option that all filters have.
func (f *filter) option(opt byte, value string) error {
	switch opt {
	case 'l':
		return f.Uint(&f.most)(value)
	case 'c':
		return f.Uint(&f.atOnce)(value)
	case 't':
		return f.Uint(&f.timeout)(value)
	case 'f':
		f.normal = format(value)
	case 'e':
		f.failing = format(value)
	}
	return nil
}

// runFilter runs a filter; spec are the options that it has besides.
func runFilter(f *filter, spec string, option func(opt byte) error) error {
	f.most, f.atOnce, f.normal, f.failing = 256, 128, "%s=%d%w%r", "%s=<%e>%w%r"
	err := f.Getopt(spec+"l:c:t:f:e:", func(opt byte, value string) error {
		if strings.IndexByte(spec, opt) >= 0 {
			return option(opt)
		}
		return f.option(opt, value)
	})
	if err != nil {
		return err
	}
	for _, form := range []format{f.normal, f.failing} {
		if err := form.check(); err != nil {
			return applet.Fatal(applet.ExitUsage, "%v", err)
		}
	}
	f.atOnce = max(f.atOnce, 1)
	f.most = max(f.most, f.atOnce)
	if f.resolver, err = dns.Open(f.Invocation, false); err != nil {
		return err
	}
	return f.run()
}

func (f *filter) run() error {
	for {
		f.take()
		f.ask()
		if err := f.print(); err != nil {
			return err
		}
		if len(f.lines) == 0 && f.eof && len(f.input) == 0 {
			return nil
		}
		if err := f.wait(); err != nil {
			return err
		}
	}
}

// take takes lines from what was read, the last one without its newline if it has none.
func (f *filter) take() {
	for uint64(len(f.lines)) < f.most && len(f.input) > 0 {
		text, rest, whole := bytes.Cut(f.input, []byte{'\n'})
		if !whole && !f.eof {
			return
		}
		f.input = rest
		f.add(string(text))
	}
}

func (f *filter) add(text string) {
	l := &filtered{}
	l.subject, l.rest, l.question = f.split(text)
	if l.question.name == "" {
		l.answer, l.done = l.subject, true
	}
	l.rest = strings.TrimLeft(l.rest, " \t\r")
	l.blank = text[len(l.subject) : len(text)-len(l.rest)]
	f.lines = append(f.lines, l)
}

// ask starts as many look-ups as there may be.
func (f *filter) ask() {
	for _, l := range f.lines {
		if uint64(f.pool.Len()) >= f.atOnce {
			return
		}
		if l.done || l.started {
			continue
		}
		l.started = true
		q, err := dns.Start(f.resolver.Servers, l.question.name, l.question.kind, true, sys.Deadline(f.timeout))
		if err != nil {
			l.finish(nil, err)
			continue
		}
		f.pool.Add(q, l.finish)
	}
}

// finish takes the first record of the answer. That there is none of its type is an empty answer.
func (l *filtered) finish(answer dns.Message, err error) {
	l.done = true
	records, err := answer.Records(l.question.kind, err)
	for _, r := range records {
		if l.answer, err = r.Text(); err == nil {
			break
		}
	}
	if err != nil {
		l.failure = applet.Reason(err)
	}
}

// print prints the lines that are done, up to the first that is not.
func (f *filter) print() error {
	var out []byte
	for len(f.lines) > 0 && f.lines[0].done {
		l := f.lines[0]
		f.lines = f.lines[1:]
		form := f.normal
		if l.failure != "" {
			form = f.failing
		}
		out = form.append(out, &l.line)
	}
	return output(f.Invocation, string(out))
}

// wait waits for an answer, or for more input if there may be more lines.
func (f *filter) wait() error {
	var stdin []unix.PollFd
	if !f.eof && uint64(len(f.lines)) < f.most {
		stdin = []unix.PollFd{{Fd: int32(f.Proc.Stdin()), Events: unix.POLLIN}}
	}
	if err := f.pool.Wait(stdin); err != nil {
		return applet.System(err, "poll")
	}
	if len(stdin) == 0 || stdin[0].Revents == 0 {
		return nil
	}
	buf := make([]byte, 64<<10)
	n, err := f.Proc.Stdin().Read(buf)
	f.input = append(f.input, buf[:n]...)
	if err == io.EOF {
		f.eof = true
	} else if err != nil {
		return applet.System(err, "read from stdin")
	}
	return nil
}
