package shell

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// unit is a piece of source text: a script, a sourced file, the string of -c or of eval.
type unit struct {
	name     string
	label    string // what runs it, for errors of syntax
	file     bool   // name is a file's, for messages
	base     int    // lines in front of it, where it was cut out of something else
	parted   []int  // lines that are the rest of the one before, in the script itself
	flat     int    // the line that all of it counts as; 0: it has lines of its own
	ticked   bool   // it is inside backquotes: its text has backslashes that are not its own
	lastLine int    // up to which it has been read
	src      string // the text, as the parser got it
}

func (u *unit) lineOf(p syntax.Pos) int {
	if u.flat > 0 {
		return u.flat
	}
	line := int(p.Line()) + u.base
	less := 0
	for _, at := range u.parted {
		if at <= line {
			less++
		}
	}
	return line - less
}

func (sh *Shell) parser() *syntax.Parser { return syntax.NewParser(syntax.Variant(syntax.LangBash)) }

// runText runs source text that is all there. It leaves the exit code in sh.status, and answers whether there was anything to run.
func (sh *Shell) runText(u *unit, text string) (ran bool) {
	text, raw := validText(text)
	text = sh.plainComments(text)
	text, late := u.parsable(text, sh.opts.posix)
	sh.runUnit(u, func() {
		run := &lines{sh: sh, raw: raw, late: late}
		for again := true; again; {
			text, again = run.text(text)
		}
		ran = run.ran
	})
	return ran
}

func (sh *Shell) runUnit(u *unit, body func()) {
	saved := sh.unit
	sh.unit = u
	body()
	sh.unit = saved
}

// text runs the statements of text line by line. Where the parser stumbles over what bash takes, the answer is the rest of the
// text, repaired.
func (l *lines) text(text string) (rest string, again bool) {
	sh := l.sh
	sh.unit.src = text
	source := &feed{sh: sh, text: text, more: l.more}
	for stmt, err := range sh.parser().StmtsSeq(source) {
		text = source.text
		sh.unit.src = text
		if err == nil {
			err = misplaced(stmt, text)
		}
		if err != nil {
			return l.stumble(text, err)
		}
		if l.before(int(stmt.Pos().Line())) && !l.flush(false) {
			return "", false
		}
		if rest, ok := l.aliased(text, stmt); ok {
			return rest, true
		}
		if rest, ok := l.negated(text, stmt); ok {
			return rest, true
		}
		l.warnAt(sh.unit.lineOf(stmtEnd(stmt)))
		if !l.add(stmt) {
			return "", false
		}
		if l.more != nil && l.apart(text) {
			return l.lineDone(text)
		}
	}
	l.flush(true)
	return "", false
}

// negated parts the ! of a command that begins like an extended pattern, which the parser takes it for: without extglob it is a
// subshell.
func (l *lines) negated(text string, stmt *syntax.Stmt) (rest string, ok bool) {
	code := text[stmt.Pos().Offset():min(int(stmt.End().Offset()), len(text))]
	if !strings.Contains(code, "!(") || l.sh.opts.shopted("extglob") {
		return "", false
	}
	at := -1
	syntax.Walk(stmt, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 && len(call.Assigns) == 0 && at < 0 {
			if g, ok := call.Args[0].Parts[0].(*syntax.ExtGlob); ok && strings.HasPrefix(text[g.Pos().Offset():], "!(") {
				at = int(g.Pos().Offset())
			}
		}
		return at < 0
	})
	if at < 0 {
		return "", false
	}
	from := l.parsed
	l.restart(strings.Count(text[:from], "\n"))
	return text[from:at+1] + " " + text[at+1:], true
}

// stumble answers err, where the parser could not go on.
func (l *lines) stumble(text string, err error) (rest string, again bool) {
	if l.parsed > 0 {
		l.repairs = 0
	}
	if l.aliases() || strings.Contains(text, "alias") {
		if l.apart(text) && !l.flush(false) {
			return "", false
		}
		if rest, ok := l.aliasAhead(text); ok {
			return rest, true
		}
	}
	if rest, ok := l.unclosed(text, err); ok {
		return rest, true
	}
	if msg := l.where(text, err); l.repairs < maxRepairs && (l.repairs == 0 || msg != l.stumbled) {
		if rest, ok := repair(text, l.parsed, err); ok {
			l.warn(text, err)
			l.repairs++
			l.stumbled = msg
			l.restart(strings.Count(text[:l.parsed], "\n"))
			return rest, true
		}
	}
	var at syntax.ParseError
	var token unexpected
	if (errors.As(err, &at) || errors.As(err, &token)) && l.apart(text) {
		l.flush(false)
	}
	if !l.sh.stopped() {
		l.ran = true
		l.sh.syntaxError(err, text)
	}
	return "", false
}

// where tells one error from another: what it is, and where in the whole text.
func (l *lines) where(text string, err error) string {
	at, msg := errorAt(err)
	line := text[strings.LastIndexByte(text[:max(0, min(at, len(text)))], '\n')+1:]
	return itoa(l.sh.unit.base+strings.Count(text, "\n")-strings.Count(line, "\n")) + ":" + itoa(at-len(text)+len(line)) + ": " + msg
}

// apart tells whether what is held ends in front of a line of which the parser could make nothing: bash has run it then.
func (l *lines) apart(text string) bool {
	if len(l.held) == 0 {
		return true
	}
	behind := text[min(int(stmtEnd(l.held[len(l.held)-1]).Offset()), len(text)):]
	line, _, _ := strings.Cut(behind, "\n")
	line = strings.TrimLeft(line, " \t;&")
	return line == "" || line[0] == '#'
}

// warn tells of a here-document that only the end of the text ends.
func (l *lines) warn(text string, err error) {
	at, msg := errorAt(err)
	if word, ok := strings.CutPrefix(msg, "unclosed here-document `"); ok {
		line := l.sh.line
		l.sh.line = l.sh.unit.base + strings.Count(text, "\n")
		l.sh.complain("%s", warning{of: l.sh.unit.base + 1 + strings.Count(text[:at], "\n"), word: strings.TrimSuffix(word, "`")})
		l.sh.line = line
	}
}

// warnAt says what there is to say about the lines up to this one.
func (l *lines) warnAt(line int) {
	before := l.sh.line
	for len(l.late) > 0 && l.late[0].line <= line {
		l.sh.line = l.late[0].line
		l.sh.complain("%s", l.late[0])
		l.late = l.late[1:]
	}
	l.sh.line = before
}

// restart makes the parser's next line the one behind done lines.
func (l *lines) restart(done int) {
	u := *l.sh.unit // functions keep the one that they are from
	u.base += done
	l.sh.unit = &u
	l.held, l.parsed, l.skip = nil, 0, max(0, l.skip-done)
}

// maxRepairs keeps repairs that bring up each other from going on for ever.
const maxRepairs = 1000

// lines runs statements a line at a time, as bash reads them: a line with an error does not run at all, and
// one that is given up takes the rest of the line along.
type lines struct {
	sh       *Shell
	raw      bool          // the text stands characters in for bytes
	more     func() string // reads the next line of a stream; "" is its end
	held     []*syntax.Stmt
	parsed   uint // offset behind the last statement that ran
	skip     int  // the last line to leave out
	repairs  int
	stumbled string // the error that was repaired last
	late     []warning
	spans    []aliasSpan
	ran      bool // there was a statement, or an error
}

// add takes a statement, after running those of the lines before it. false: the shell is on its way out.
func (l *lines) add(s *syntax.Stmt) bool {
	line := int(s.Pos().Line())
	if l.before(line) && !l.flush(false) {
		return false
	}
	if l.raw {
		rawNodes(s)
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
	if len(held) > 0 {
		sh.unit.lastLine = int(stmtEnd(held[len(held)-1]).Line()) + sh.unit.base
	}
	for i, s := range held {
		l.ran = true
		l.parsed = max(l.parsed, stmtEnd(s).Offset())
		sh.tail = last && i == len(held)-1 && sh.mayReplace(s)
		sh.stmt(s)
		if sh.ctl.kind == ctlDiscard && sh.depth == 0 {
			ends := sh.ctl.count != evenSo
			sh.ctl = control{}
			l.skip = int(stmtEnd(s).Line())
			if ends && sh.opts.has(errExit) && sh.quiet == 0 {
				sh.exit(1)
				if t := sh.before; t != nil && t.leaving == "exit" {
					sh.exit(t.code)
				}
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
