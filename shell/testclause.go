package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/ere"
	"s6box/internal/filetest"
	"s6box/shell/pattern"
)

// testClause runs [[ … ]].
func (sh *Shell) testClause(c *syntax.TestClause) {
	sh.runs(c, nil)
	if sh.debug(sh.commandText) {
		return
	}
	ok, err := sh.condition(regrouped(c.X), false)
	if err != nil {
		if f, is := err.(*failure); is && (f.code == 2 || f.code == codeCondition) {
			if f.msg != "" {
				sh.complain("%s", f.msg)
			}
			sh.status = max(f.code, 1)
			sh.pipe = []int{sh.status}
			sh.check()
			return
		}
		sh.fail(err)
		return
	}
	sh.status = boolStatus(ok)
	sh.pipe = []int{sh.status}
	sh.check()
}

// condition evaluates x. negated says that a ! is in front of it, which set -x shows.
func (sh *Shell) condition(x syntax.TestExpr, negated bool) (bool, error) {
	switch x := x.(type) {
	case *syntax.Word:
		s, err := sh.literal(x)
		sh.traceTest(negated, "-n", s)
		return s != "", err
	case *syntax.ParenTest:
		return sh.condition(regrouped(x.X), false)
	case *syntax.UnaryTest:
		return sh.unaryCondition(x, negated)
	case *syntax.BinaryTest:
		return sh.binaryCondition(x, negated)
	}
	return false, discard("syntax error in conditional expression")
}

func (sh *Shell) unaryCondition(x *syntax.UnaryTest, negated bool) (bool, error) {
	if x.Op == syntax.TsNot {
		ok, err := sh.condition(x.X, !negated)
		return !ok, err
	}
	s, err := sh.literal(x.X.(*syntax.Word))
	if err != nil {
		return false, err
	}
	op := x.Op.String()
	sh.traceTest(negated, op, s)
	return sh.unaryTest(op, s)
}

func (sh *Shell) binaryCondition(x *syntax.BinaryTest, negated bool) (bool, error) {
	switch x.Op {
	case syntax.AndTest, syntax.OrTest:
		ok, err := sh.condition(x.X, false)
		if err != nil || ok == (x.Op == syntax.OrTest) {
			return ok, err
		}
		return sh.condition(x.Y, false)
	}
	left, err := sh.literal(x.X.(*syntax.Word))
	if err != nil {
		return false, err
	}
	word := x.Y.(*syntax.Word)
	op := x.Op.String()
	switch x.Op {
	case syntax.TsMatch, syntax.TsMatchShort, syntax.TsNoMatch:
		f, err := sh.single(word, false)
		if err != nil {
			return false, err
		}
		sh.traceTest(negated, left, op, f.escaped())
		return sh.match(f.pattern(), left) == (x.Op != syntax.TsNoMatch), nil
	case syntax.TsReMatch:
		return sh.reMatch(left, word, negated)
	}
	right, err := sh.literal(word)
	if err != nil {
		return false, err
	}
	sh.traceTest(negated, left, op, right)
	switch x.Op {
	case syntax.TsBefore, syntax.TsAfter, syntax.TsNewer, syntax.TsOlder, syntax.TsDevIno:
		return sh.binaryTest(left, op, right)
	}
	a, err := sh.arith(left)
	if err != nil {
		return false, conditionError(err)
	}
	b, err := sh.arith(right)
	return filetest.Compare(a, op, b), conditionError(err)
}

// conditionError makes the failure of a number in [[ one that only fails the command.
func conditionError(err error) error {
	if f, ok := err.(*failure); ok && !f.exit {
		return &failure{msg: "[[: " + f.msg, code: codeCondition}
	}
	return err
}

const codeCondition = -2

// match tells whether the pattern text matches s.
func (sh *Shell) match(text, s string) bool {
	if isPlain(text) && !sh.opts.shopted("nocasematch") {
		return text == s
	}
	return pattern.Match(text, s, sh.patternMode())
}

// reMatch is =~. What matched goes to BASH_REMATCH.
func (sh *Shell) reMatch(s string, w *syntax.Word, negated bool) (bool, error) {
	f, err := sh.regexpField(w)
	if err != nil {
		return false, err
	}
	re, err := ere.Compile(f, sh.opts.shopted("nocasematch"))
	if err != nil || repeatsNothing(f) {
		return false, &failure{code: 2}
	}
	sh.traceTest(negated, s, "=~", f)
	at := re.Match(s)
	groups := make([]string, len(at)/2)
	for i := range groups {
		if at[2*i] >= 0 {
			groups[i] = s[at[2*i]:at[2*i+1]]
		}
	}
	v := sh.scope.global().vars["BASH_REMATCH"]
	if v == nil {
		v = sh.add(sh.scope.global(), "BASH_REMATCH")
	}
	v.flags |= isList
	v.list, v.set = listOf(groups), true
	return at != nil, nil
}

// regexpField expands the right side of =~; what is quoted in it stands for itself.
func (sh *Shell) regexpField(w *syntax.Word) (string, error) {
	b := sh.newBuilder(false)
	inside := false
	for i, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		switch {
		case !ok && inside: // nothing needs quotes there
			member := sh.newBuilder(false)
			if err := member.part(p, false); err != nil {
				return "", err
			}
			b.cur.add(member.whole().String(), false)
			continue
		case !ok:
			if err := b.part(p, false); err != nil {
				return "", err
			}
			continue
		}
		text := lit.Value
		if i == 0 {
			text = b.tilde(text, len(w.Parts) == 1)
		}
		b.cur.add(plainEscapes(text, &inside), false)
	}
	f := b.whole()
	var out strings.Builder
	start := 0
	for _, m := range f.marks {
		part := string(f.text[start:m.end])
		if m.quoted {
			part = quoteRegexp(part)
		}
		out.WriteString(part)
		start = m.end
	}
	return out.String(), nil
}

// plainEscapes takes the backslash off characters that mean nothing special in an expression: \w is a w. inside says that the
// text is in a bracket expression, where nothing needs a backslash: [\.] is a full stop.
func plainEscapes(s string, inside *bool) string {
	var b strings.Builder
	start := -1 // of the members
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s):
			if i++; !*inside && strings.IndexByte(`\.[](){}*+?^$|`, s[i]) >= 0 {
				b.WriteByte(c)
			}
			c = s[i]
		case c == '[' && !*inside:
			*inside, start = true, i+1
		case c == '[' && i+1 < len(s) && strings.IndexByte(":.=", s[i+1]) >= 0:
			if n := strings.Index(s[i+2:], s[i+1:i+2]+"]"); n >= 0 {
				b.WriteString(s[i : i+n+3])
				i += n + 3
				c = s[i]
			}
		case c == '^' && i == start:
			start++
		case c == ']' && i != start:
			*inside = false
		}
		b.WriteByte(c)
	}
	return b.String()
}

// repeatsNothing tells whether an expression has a repetition with nothing in front of it.
func repeatsNothing(s string) bool {
	start := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case start && strings.IndexByte("*+?{", c) >= 0:
			return true
		case c == '\\':
			i++
			start = false
		case c == '[':
			end := strings.IndexByte(s[min(i+2, len(s)):], ']')
			if end < 0 {
				return false
			}
			i += 2 + end
			start = false
		default:
			start = c == '(' || c == '|' || start && c == '^'
		}
	}
	return false
}

func quoteRegexp(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(`\.[](){}*+?^$|`, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// arithCmd runs (( … )).
func (sh *Shell) arithCmd(c *syntax.ArithmCmd) {
	sh.runs(c, nil)
	if sh.debug(sh.commandText) {
		return
	}
	text, err := sh.expression(c.X)
	if err != nil {
		sh.fail(err)
		return
	}
	if sh.opts.has(xTrace) {
		before, after := 0, 0
		if c.X != nil {
			before = int(c.X.Pos().Offset()) - int(c.Left.Offset()) - 2
			after = int(c.Right.Offset()) - int(c.X.End().Offset())
		}
		sh.trace("(( " + strings.Repeat(" ", max(0, before)) + text + strings.Repeat(" ", max(0, after)) + " ))")
	}
	sh.arithStatus("((", text+sh.blanks(c.X))
}

// blanks are those between an expression and what ends it: messages show them.
func (sh *Shell) blanks(x syntax.ArithmExpr) string {
	if x == nil || int(x.End().Offset()) > len(sh.unit.src) {
		return ""
	}
	rest := sh.unit.src[x.End().Offset():]
	return rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]
}

// arithStatus evaluates text for its truth.
func (sh *Shell) arithStatus(cmd, text string) {
	n, err := sh.arith(text)
	sh.status = boolStatus(n != 0)
	if err != nil && sh.arithFailed(cmd, err) {
		return
	}
	sh.pipe = []int{sh.status}
	sh.check()
}

// arithFailed reports the failure of an expression in cmd; true says that it ends the shell.
func (sh *Shell) arithFailed(cmd string, err error) bool {
	f, ok := err.(*failure)
	if ok && (f.exit || f.math && f.bare) {
		sh.fail(err)
		return true
	}
	if ok && f.bare {
		sh.complain("%s", f.msg)
	} else {
		sh.complain("%s: %s", cmd, err.Error())
	}
	sh.status = 1
	return false
}

func (sh *Shell) letClause(c *syntax.LetClause) {
	words := []string{"let"}
	sh.runs(c, nil)
	if sh.debug(sh.commandText) {
		return
	}
	for _, x := range c.Exprs {
		text, err := sh.arithText(x)
		if err != nil {
			sh.fail(err)
			return
		}
		words = append(words, text)
	}
	sh.traceCommand(words)
	sh.status = builtinLet(sh, words)
	sh.pipe = []int{sh.status}
}
