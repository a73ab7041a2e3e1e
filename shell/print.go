package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// codeWriter writes commands the way bash shows them: in declare -f and type with a line for each command and their depth
// as indentation, elsewhere (BASH_COMMAND, jobs, messages) with lists on one line. Words are shown as they were written.
type codeWriter struct {
	b      strings.Builder
	src    string // what the nodes were parsed from; "" where that is not known
	indent int
	inFunc bool
	subst  bool               // a command substitution, in which lines stay lines
	docs   []*syntax.Redirect // here-documents whose bodies are due
}

func (u *unit) writer() *codeWriter {
	if u == nil {
		return &codeWriter{}
	}
	return &codeWriter{src: u.src}
}

// code is a statement of the running unit as bash shows it on one line.
func (sh *Shell) code(s *syntax.Stmt) string { return sh.unit.code(s) }

func (u *unit) code(s *syntax.Stmt) string {
	w := u.writer()
	w.stmt(s)
	return strings.TrimRight(w.b.String(), "\n ")
}

// commandCode is code for a command that has lost its statement.
func (sh *Shell) commandCode(cmd syntax.Command, redirs []*syntax.Redirect) string {
	return sh.code(&syntax.Stmt{Cmd: cmd, Redirs: redirs})
}

// wordCode is a word as it was written.
func (sh *Shell) wordCode(x *syntax.Word) string { return sh.unit.writer().word(x) }

// funcText is the source of a function.
func (sh *Shell) funcText(fn *function) string {
	w := fn.unit.writer()
	w.function(fn.name, fn.decl.Body, "")
	return w.b.String()
}

func (w *codeWriter) put(texts ...string) {
	for _, s := range texts {
		w.b.WriteString(s)
	}
}

func (w *codeWriter) newline() {
	w.put("\n", strings.Repeat(" ", w.indent))
}

func (w *codeWriter) last() byte {
	if s := w.b.String(); s != "" {
		return s[len(s)-1]
	}
	return 0
}

// semicolon ends the last command of a list in front of a word like fi.
func (w *codeWriter) semicolon() {
	if c := w.last(); c != '&' && c != '\n' {
		w.put(";")
	}
}

func (w *codeWriter) function(name string, body *syntax.Stmt, keyword string) {
	was, indent := w.inFunc, w.indent
	w.put(keyword, name, " () ")
	w.inFunc = true
	w.newline()
	list := []*syntax.Stmt{body}
	redirs := body.Redirs
	if block, ok := body.Cmd.(*syntax.Block); ok && !body.Negated && !body.Background {
		list = block.Stmts
	} else {
		redirs = nil
	}
	w.block(list)
	w.redirs(redirs)
	w.inFunc, w.indent = was, indent
}

// block is { … }.
func (w *codeWriter) block(list []*syntax.Stmt) {
	if !w.inFunc {
		w.put("{ ")
		w.list(list)
		w.semicolon()
		w.put(" }")
		return
	}
	w.put("{ ")
	w.indented(list)
	w.newline()
	w.put("}")
}

// indented writes a list on lines of its own.
func (w *codeWriter) indented(list []*syntax.Stmt) {
	w.indent += 4
	w.newline()
	w.list(list)
	w.indent -= 4
}

func (w *codeWriter) list(list []*syntax.Stmt) {
	for i, s := range list {
		w.stmt(s)
		more := i+1 < len(list)
		switch {
		case s.Background:
			w.put(" &")
			if w.documents(); more {
				w.put(" ")
			}
		case w.documents():
			if more {
				w.newline()
			}
		case more && w.inFunc:
			w.put(";")
			w.newline()
		case more && w.subst && !s.Semicolon.IsValid():
			w.put("\n")
		case more:
			w.put("; ")
		}
	}
}

// documents writes the bodies that are due; false: there are none.
func (w *codeWriter) documents() bool {
	if len(w.docs) == 0 {
		return false
	}
	w.put("\n")
	for _, rd := range w.docs {
		body := rd.Hdoc
		if rd.Op == syntax.DashHdoc && body != nil {
			body = stripTabs(body)
		}
		if body != nil {
			for _, p := range body.Parts {
				if lit, ok := p.(*syntax.Lit); ok {
					w.put(lit.Value)
				} else {
					w.put(w.part(p))
				}
			}
		}
		w.put(delimiter(rd.Word), "\n")
	}
	w.docs = nil
	return true
}

// delimiter is the line that ends a here-document.
func delimiter(x *syntax.Word) string {
	var b strings.Builder
	for _, p := range x.Parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(p.Value, "\\", ""))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString((&syntax.Word{Parts: p.Parts}).Lit())
		}
	}
	return b.String()
}

func (w *codeWriter) stmt(s *syntax.Stmt) {
	if s.Negated {
		w.put("! ")
	}
	if s.Cmd != nil {
		w.command(s.Cmd)
	}
	if len(s.Redirs) > 0 && s.Cmd == nil {
		w.put(strings.TrimPrefix(w.redirText(s.Redirs), " "))
		return
	}
	w.redirs(s.Redirs)
}

func (w *codeWriter) command(cmd syntax.Command) {
	switch c := cmd.(type) {
	case *syntax.CallExpr:
		w.call(c)
	case *syntax.BinaryCmd:
		w.binary(c)
	case *syntax.Block:
		w.block(c.Stmts)
	case *syntax.Subshell:
		w.put("( ")
		w.list(c.Stmts)
		w.put(" )")
	case *syntax.IfClause:
		w.ifClause(c)
	case *syntax.WhileClause:
		keyword := "while "
		if c.Until {
			keyword = "until "
		}
		w.put(keyword)
		w.list(c.Cond)
		w.semicolon()
		w.put(" do")
		w.body(c.Do, "done")
	case *syntax.ForClause:
		w.forClause(c)
	case *syntax.CaseClause:
		w.caseClause(c)
	case *syntax.FuncDecl:
		w.function(c.Name.Value, c.Body, "function ")
	case *syntax.TimeClause:
		w.put("time ")
		if c.PosixFormat {
			w.put("-p ")
		}
		if c.Stmt != nil {
			w.stmt(c.Stmt)
		}
	case *syntax.CoprocClause:
		name := "COPROC"
		if c.Name != nil {
			name = w.word(c.Name)
		}
		w.put("coproc ", name, " ")
		w.stmt(c.Stmt)
	case *syntax.TestClause:
		w.put("[[ ")
		w.test(c.X)
		w.put(" ]]")
	case *syntax.DeclClause:
		parts := []string{c.Variant.Value}
		for _, a := range c.Args {
			parts = append(parts, w.assign(a))
		}
		w.put(strings.Join(parts, " "))
	default: // arithmetic, let
		w.put(w.text(cmd))
	}
}

// assign is an assignment, or an argument of declare, as it was written but for what its value substitutes.
func (w *codeWriter) assign(a *syntax.Assign) string {
	text := w.text(a)
	if a.Value == nil || a.Array != nil {
		return text
	}
	value := w.text(a.Value)
	return strings.TrimSuffix(text, value) + w.word(a.Value)
}

func (w *codeWriter) call(c *syntax.CallExpr) {
	var parts []string
	for _, a := range c.Assigns {
		parts = append(parts, w.assign(a))
	}
	for _, x := range c.Args {
		parts = append(parts, w.word(x))
	}
	w.put(strings.Join(parts, " "))
}

func (w *codeWriter) binary(c *syntax.BinaryCmd) {
	w.stmt(c.X)
	switch c.Op {
	case syntax.AndStmt:
		w.put(" && ")
	case syntax.OrStmt:
		w.put(" || ")
	default:
		if c.Op == syntax.PipeAll {
			w.put(" 2>&1")
		}
		w.put(" |")
		if w.documents() {
			w.put(" ")
		}
		w.put(" ")
	}
	w.stmt(c.Y)
}

// body is what stands between a word like do and the word that ends it.
func (w *codeWriter) body(list []*syntax.Stmt, end string) {
	w.indented(list)
	w.semicolon()
	w.newline()
	w.put(end)
}

func (w *codeWriter) ifClause(c *syntax.IfClause) {
	w.put("if ")
	w.list(c.Cond)
	w.semicolon()
	w.put(" then")
	w.indented(c.Then)
	w.semicolon()
	if c.Else != nil {
		w.newline()
		w.put("else")
		if len(c.Else.Cond) == 0 {
			w.indented(c.Else.Then)
		} else {
			w.indent += 4
			w.newline()
			w.ifClause(c.Else)
			w.indent -= 4
		}
		w.semicolon()
	}
	w.newline()
	w.put("fi")
}

func (w *codeWriter) forClause(c *syntax.ForClause) {
	switch loop := c.Loop.(type) {
	case *syntax.CStyleLoop:
		w.put("for ((", w.arith(loop.Init), "; ", w.arith(loop.Cond), "; ", w.arith(loop.Post), "))")
	case *syntax.WordIter:
		keyword := "for "
		if c.Select {
			keyword = "select "
		}
		items := []string{`"$@"`}
		if loop.InPos.IsValid() {
			items = nil
			for _, x := range loop.Items {
				items = append(items, w.word(x))
			}
		}
		w.put(keyword, loop.Name.Value, " in ", strings.Join(items, " "), ";")
	}
	w.newline()
	w.put("do")
	w.body(c.Do, "done")
}

func (w *codeWriter) arith(x syntax.ArithmExpr) string {
	if x == nil {
		return "1"
	}
	return w.text(x)
}

func (w *codeWriter) caseClause(c *syntax.CaseClause) {
	w.put("case ", w.word(c.Word), " in ")
	w.indent += 4
	for _, item := range c.Items {
		var patterns []string
		for _, x := range item.Patterns {
			patterns = append(patterns, w.word(x))
		}
		w.newline()
		w.put(strings.Join(patterns, " | "), ")")
		if len(item.Stmts) == 0 {
			w.put("\n")
		} else {
			w.indented(item.Stmts)
		}
		w.newline()
		w.put(item.Op.String())
	}
	w.indent -= 4
	w.newline()
	w.put("esac")
}
