package shell

import (
	"cmp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func (w *codeWriter) test(x syntax.TestExpr) {
	switch x := x.(type) {
	case *syntax.Word:
		w.put("-n ", w.word(x))
	case *syntax.ParenTest:
		w.put("( ")
		w.test(x.X)
		w.put(" )")
	case *syntax.UnaryTest:
		w.put(x.Op.String(), " ")
		if operand, ok := x.X.(*syntax.Word); ok && x.Op != syntax.TsNot {
			w.put(w.word(operand))
		} else {
			w.test(x.X)
		}
	case *syntax.BinaryTest:
		side := func(x syntax.TestExpr) {
			if operand, ok := x.(*syntax.Word); ok && x != nil {
				w.put(w.word(operand))
			} else {
				w.test(x)
			}
		}
		if x.Op == syntax.AndTest || x.Op == syntax.OrTest {
			side = w.test
		}
		side(x.X)
		w.put(" ", x.Op.String(), " ")
		side(x.Y)
	}
}

func (w *codeWriter) redirs(redirs []*syntax.Redirect) { w.put(w.redirText(redirs)) }

func (w *codeWriter) redirText(redirs []*syntax.Redirect) string {
	var b strings.Builder
	for _, rd := range redirs {
		n, op, gap := "", rd.Op.String(), " "
		if rd.N != nil {
			n = rd.N.Value
		}
		switch rd.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			w.docs = append(w.docs, rd)
			gap = ""
		case syntax.DplOut:
			n, gap = duplicated(n, "1", rd.Word.Lit()), ""
		case syntax.DplIn:
			n, gap = duplicated(n, "0", rd.Word.Lit()), ""
			if rd.Word.Lit() == "-" {
				op = syntax.DplOut.String()
			}
		case syntax.RdrInOut:
			n = cmp.Or(n, "0")
		case syntax.RdrIn, syntax.WordHdoc:
			if n == "0" {
				n = ""
			}
		default:
			if n == "1" {
				n = ""
			}
		}
		b.WriteString(" " + n + op + gap + w.word(rd.Word))
	}
	return b.String()
}

// duplicated is how bash shows the number in front of >& or <&: the default one before a number alone.
func duplicated(n, standard, word string) string {
	switch {
	case word != "" && strings.Trim(word, "0123456789-") == "":
		return cmp.Or(n, standard)
	case n == standard:
		return ""
	}
	return n
}

// text is a node as it was written.
func (w *codeWriter) text(n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < to && to <= len(w.src) {
		return undisguised(w.src[from:to], rawBytes)
	}
	var b strings.Builder
	syntax.NewPrinter().Print(&b, n)
	return b.String()
}

// word is a word as it was written, but for the strings that bash translates when it reads them.
func (w *codeWriter) word(x *syntax.Word) string {
	var b strings.Builder
	for _, p := range x.Parts {
		b.WriteString(w.part(p))
	}
	return b.String()
}

func (w *codeWriter) part(p syntax.WordPart) string {
	switch p := p.(type) {
	case *syntax.SglQuoted:
		if p.Dollar {
			return "'" + strings.ReplaceAll(ansiC(p.Value), "'", `'\''`) + "'"
		}
	case *syntax.DblQuoted:
		if w.src == "" {
			break
		}
		return `"` + w.word(&syntax.Word{Parts: p.Parts}) + `"`
	case *syntax.CmdSubst:
		if code, ok := w.substitution(p.Stmts); ok && !p.Backquotes {
			return "$(" + code + ")"
		}
	case *syntax.ProcSubst:
		if code, ok := w.substitution(p.Stmts); ok {
			return p.Op.String() + code + ")"
		}
	}
	return w.text(p)
}

// substitution is the code of a substitution, which bash shows as it has understood it; false: as it was written.
func (w *codeWriter) substitution(list []*syntax.Stmt) (code string, ok bool) {
	if w.src == "" || len(list) == 0 {
		return "", false
	}
	inner := &codeWriter{src: w.src, subst: true}
	inner.list(list)
	code = strings.TrimRight(inner.b.String(), " \n")
	if strings.Contains(code, "<<") {
		return "", false
	}
	if code[0] == '(' {
		code = " " + code
	}
	return code, true
}
