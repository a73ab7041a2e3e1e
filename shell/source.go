package shell

import (
	"errors"
	"io"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// unit is a piece of source text: a script, a sourced file, the string of -c or of eval.
type unit struct {
	name string
	file bool // name is a file's, for messages
	base int  // lines in front of it, where it was cut out of something else
}

func (u *unit) lineOf(p syntax.Pos) int { return int(p.Line()) + u.base }

func (sh *Shell) parser() *syntax.Parser { return syntax.NewParser(syntax.Variant(syntax.LangBash)) }

// runText runs source text that is all there. It leaves the exit code in sh.status.
func (sh *Shell) runText(u *unit, text string) {
	text = sh.plainComments(text)
	sh.runUnit(u, func() {
		line := 0
		for {
			rest, ok := sh.runUntilError(text, line)
			if !ok {
				return
			}
			text, line = rest.text, rest.line
		}
	})
}

func (sh *Shell) runUnit(u *unit, body func()) {
	saved := sh.unit
	sh.unit = u
	body()
	sh.unit = saved
}

// remainder is source text that is still to run, from a line on.
type remainder struct {
	text string
	line int
}

// runUntilError runs the statements of text line by line. Where the parser stumbles over text that bash takes, the
// answer is a repaired remainder.
func (sh *Shell) runUntilError(text string, line int) (remainder, bool) {
	run := &lines{sh: sh, base: line}
	for stmt, err := range sh.parser().StmtsSeq(strings.NewReader(text)) {
		if err != nil {
			var at syntax.ParseError
			if rest, lines, ok := repair(text, run.parsed, err); ok {
				return remainder{rest, line + lines}, true
			}
			if errors.As(err, &at) && run.before(int(at.Pos.Line())) {
				run.flush(false)
			}
			if !sh.stopped() {
				sh.syntaxError(err, line)
			}
			return remainder{}, false
		}
		if !run.add(stmt) {
			return remainder{}, false
		}
	}
	run.flush(true)
	return remainder{}, false
}

// runStream runs statements as they come in, reading no further than it must.
func (sh *Shell) runStream(u *unit, r io.Reader) {
	sh.runUnit(u, func() {
		run := &lines{sh: sh}
		for stmt, err := range sh.parser().StmtsSeq(r) {
			if err != nil {
				sh.syntaxError(err, 0)
				return
			}
			run.add(stmt)
			if run.flush(false); sh.stopped() {
				return
			}
		}
	})
}

// lines runs statements a line at a time, as bash reads them: a line with an error does not run at all, and
// one that is given up takes the rest of the line along.
type lines struct {
	sh     *Shell
	base   int
	held   []*syntax.Stmt
	parsed uint // offset behind the last statement
	skip   int
}

// add takes a statement, after running those of the lines before it. false: the shell is on its way out.
func (l *lines) add(s *syntax.Stmt) bool {
	line := int(s.Pos().Line())
	if l.before(line) && !l.flush(false) {
		return false
	}
	if line > l.skip {
		l.held = append(l.held, s)
	}
	return true
}

func (l *lines) before(line int) bool {
	return len(l.held) == 0 || int(stmtEnd(l.held[len(l.held)-1]).Line()) < line
}

// flush runs what is held; last says that nothing follows.
func (l *lines) flush(last bool) bool {
	sh := l.sh
	held := l.held
	l.held = nil
	for i, s := range held {
		l.parsed = stmtEnd(s).Offset()
		sh.tail = last && i == len(held)-1 && sh.mayReplace(s)
		sh.stmt(s)
		if sh.ctl.kind == ctlDiscard && sh.depth == 0 {
			sh.ctl = control{}
			l.skip = int(stmtEnd(s).Line())
			if sh.opts.has(errExit) && sh.quiet == 0 {
				sh.exit(1)
			}
			return !sh.stopped()
		}
		if sh.stopped() {
			return false
		}
	}
	return true
}

// stmtEnd is where a statement ends, here-documents included.
func stmtEnd(s *syntax.Stmt) syntax.Pos {
	end := s.End()
	syntax.Walk(s, func(n syntax.Node) bool {
		if r, ok := n.(*syntax.Redirect); ok && r.Hdoc != nil && r.Hdoc.End().After(end) {
			end = r.Hdoc.End()
		}
		return true
	})
	return end
}

// syntaxError reports what the parser says and ends the shell, as for a script bash does.
func (sh *Shell) syntaxError(err error, base int) {
	msg, line := err.Error(), 0
	var parse syntax.ParseError
	var lang syntax.LangError
	switch {
	case errors.As(err, &parse):
		msg, line = parse.Text, int(parse.Pos.Line())
	case errors.As(err, &lang):
		lang.Filename = ""
		msg, line = lang.Feature+": not in the language of this shell", int(lang.Pos.Line())
	}
	sh.line = line + base + sh.unit.base
	sh.complain("syntax error: %s", msg)
	sh.status = 2
	if sh.nested == 0 {
		sh.exit(2)
	}
}
