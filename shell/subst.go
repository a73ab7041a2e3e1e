package shell

import (
	"bytes"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/proc"
)

// commandSubst runs $( … ) and returns its output without the newlines at the end.
func (sh *Shell) commandSubst(c *syntax.CmdSubst) (string, error) {
	if name, ok := sh.readsFile(c); ok {
		return sh.fileSubst(name)
	}
	if len(c.Stmts) == 0 {
		sh.subst = 0
		return "", nil
	}
	r, w, err := pipe()
	if err != nil {
		return "", discard("cannot make pipe for command substitution: %s", reason(err))
	}
	defer r.release()
	sub := sh.fork()
	sub.setFile(1, w)
	sub.nested++
	if c.Backquotes {
		u := *sh.unit
		u.ticked = true
		sub.unit = &u
	}
	line := 0
	if c.Left.Line() == c.Right.Line() {
		u := *sub.unit
		u.flat = sh.line
		sub.unit = &u
	} else {
		line = sh.line
	}
	if !sh.opts.shopted("inherit_errexit") {
		sub.opts.setName("errexit", false)
	}
	out, code := sub.capture(r, c.Stmts, line)
	sh.subst = code
	sh.status = code
	return strings.TrimRight(out, "\n"), nil
}

// capture runs statements, of a substitution on the given line that has several, or 0, while it collects what comes out of r.
func (sub *Shell) capture(r *file, stmts []*syntax.Stmt, line int) (string, int) {
	if len(stmts) == 1 {
		if line > 0 {
			sub.unit, line = sub.unit.inside(stmts[0], line), 0
		}
		s := &stage{stmt: stmts[0], sh: sub}
		if sub.startStage(s) {
			var out string
			sub.blocking(func() { out = readAll(r) })
			if s.pid > 0 {
				s.code = sub.waitStage(s)
			}
			return out, s.code
		}
	}
	sub.sys.signals.survivePipe()
	result := make(chan string)
	go func() { result <- readAll(r) }()
	if sub.needsProcess(stmts) {
		sub.status = sub.runProcess(stmts)
	} else if line > 0 {
		sub.substStmts(stmts, line)
	} else {
		sub.stmts(stmts)
	}
	code := sub.end()
	var out string
	sub.blocking(func() { out = <-result })
	return out, code
}

// readAll reads to the end. Bytes that are zero are left out: a variable can't hold them.
func readAll(r *file) string {
	var out []byte
	buf := make([]byte, 4096)
	for {
		n, err := proc.FD(r.fd).Read(buf)
		out = append(out, buf[:n]...)
		if err != nil {
			break
		}
		if n == len(buf) && n < 64<<10 {
			buf = make([]byte, 64<<10)
		}
	}
	if bytes.IndexByte(out, 0) >= 0 {
		out = bytes.ReplaceAll(out, []byte{0}, nil)
	}
	return string(out)
}

// readsFile tells whether c is $(<file).
func (sh *Shell) readsFile(c *syntax.CmdSubst) (*syntax.Word, bool) {
	if len(c.Stmts) != 1 {
		return nil, false
	}
	s := c.Stmts[0]
	if s.Cmd != nil || s.Negated || s.Background || len(s.Redirs) != 1 || s.Redirs[0].Op != syntax.RdrIn {
		return nil, false
	}
	return s.Redirs[0].Word, s.Redirs[0].N == nil || s.Redirs[0].N.Value == "0"
}

func (sh *Shell) fileSubst(w *syntax.Word) (string, error) {
	names, err := sh.fields([]*syntax.Word{w})
	if err != nil {
		return "", err
	}
	sh.subst, sh.status = 0, 0
	if len(names) != 1 {
		sh.complain("%s: ambiguous redirect", sh.wordCode(w))
		sh.subst, sh.status = 1, 1
		return "", nil
	}
	text, err := sh.readFile(names[0])
	if err != nil {
		sh.complain("%s: %s", names[0], reason(err))
		sh.subst, sh.status = 1, 1
		if sh.opts.has(errExit) { // whoever asks, as in bash
			return "", &failure{code: 1, exit: true}
		}
		return "", nil
	}
	return strings.TrimRight(strings.ReplaceAll(text, "\x00", ""), "\n"), nil
}

// procSubst starts <( … ) or >( … ) and returns the name of the file that the command line gets. The
// descriptor is closed when the command is over.
func (sh *Shell) procSubst(p *syntax.ProcSubst) (string, error) {
	r, w, err := pipe()
	if err != nil {
		return "", discard("cannot make pipe for process substitution: %s", reason(err))
	}
	sub := sh.fork()
	sub.nested++
	mine, theirs, number := r, w, 1
	if p.Op == syntax.CmdOut {
		mine, theirs, number = w, r, 0
	}
	sub.setFile(number, theirs)
	pid := sub.startProcess(p.Stmts, false)
	sub.files.release()
	sub.st.Release()
	n := 63
	for ; n > 9; n-- {
		if _, err := sh.fd(n); err == unix.EBADF {
			break
		}
	}
	sh.setFile(n, mine)
	sh.subs = append(sh.subs, n)
	if pid > 0 {
		sh.jobs.hidden(pid)
	}
	return "/dev/fd/" + itoa(n), nil
}

// closeSubs closes the process substitutions from the open-th on.
func (sh *Shell) closeSubs(open int) {
	for len(sh.subs) > open {
		n := sh.subs[len(sh.subs)-1]
		sh.subs = sh.subs[:len(sh.subs)-1]
		sh.files[n].release()
		delete(sh.files, n)
	}
}
