package shell

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"s6box/shell/pattern"
)

// transform returns the function that the operator of p applies to a value, or to each value of a list.
func (sh *Shell) transform(p *syntax.ParamExp, op *operand) (func(string) (string, error), error) {
	switch {
	case p.Repl != nil:
		return sh.replacer(slashPattern(p))
	case p.Exp == nil:
		return func(s string) (string, error) { return s, nil }, nil
	case p.Exp.Op == syntax.OtherParamOps:
		return sh.rewriter(p.Exp.Word.Lit(), op)
	}
	text, err := sh.patternOf(p.Exp.Word)
	if err != nil {
		return nil, err
	}
	switch p.Exp.Op {
	case syntax.UpperFirst, syntax.UpperAll, syntax.LowerFirst, syntax.LowerAll:
		return sh.caseChanger(p.Exp.Op, text), nil
	}
	pat := pattern.Compile(text, sh.patternMode()&^pattern.NoCase)
	return func(s string) (string, error) { return trim(pat, p.Exp.Op, s), nil }, nil
}

func trim(pat *pattern.Pattern, op syntax.ParExpOperator, s string) string {
	at := -1
	switch op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix:
		if at = pat.Prefix(s, op == syntax.RemLargePrefix); at >= 0 {
			return s[at:]
		}
	case syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		if at = pat.Suffix(s, op == syntax.RemLargeSuffix); at >= 0 {
			return s[:at]
		}
	}
	return s
}

// replacer is ${x/pattern/string}, with // for all matches and /# and /% for one at the start or the end.
func (sh *Shell) replacer(r *syntax.Replace) (func(string) (string, error), error) {
	orig, err := sh.single(r.Orig, false)
	if err != nil {
		return nil, err
	}
	with, err := sh.single(r.With, false)
	if err != nil {
		return nil, err
	}
	anchor := byte(0)
	text := orig.pattern()
	if !r.All && text != "" && (text[0] == '#' || text[0] == '%') {
		anchor, text = text[0], text[1:]
	}
	pat := pattern.Compile(text, sh.patternMode())
	sub := substitute{pat: pat, with: with, amp: sh.opts.shopted("patsub_replacement")}
	return func(s string) (string, error) {
		switch {
		case anchor == '#':
			return sub.at(s, 0, pat.Prefix(s, true)), nil
		case anchor == '%':
			if at := pat.Suffix(s, true); at >= 0 {
				return sub.at(s, at, len(s)), nil
			}
			return s, nil
		case text == "":
			return s, nil
		}
		return sub.all(s, r.All), nil
	}, nil
}

// slashPattern mends ${x////y}, ${x///b/y} and ${x///}: the pattern begins with a slash, which the parser takes for the one
// behind it. That of ${x//} is empty.
func slashPattern(p *syntax.ParamExp) *syntax.Replace {
	r := p.Repl
	name := p.Param.End().Offset()
	if p.Index != nil {
		name = p.Index.End().Offset() + uint(len("]"))
	}
	if r.Orig != nil && len(r.Orig.Parts) > 0 || r.With == nil && p.Rbrace.Offset()-name <= uint(len("//")) {
		return r
	}
	out := &syntax.Replace{All: r.All, Orig: &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: "/"}}}}
	if r.With == nil {
		return out
	}
	for i, p := range r.With.Parts {
		if lit, ok := p.(*syntax.Lit); ok {
			if at := bareSlash(lit.Value); at >= 0 {
				out.Orig.Parts = append(out.Orig.Parts, &syntax.Lit{Value: lit.Value[:at]})
				out.With = &syntax.Word{Parts: append([]syntax.WordPart{&syntax.Lit{Value: lit.Value[at+1:]}}, r.With.Parts[i+1:]...)}
				break
			}
		}
		out.Orig.Parts = append(out.Orig.Parts, p)
	}
	return out
}

// bareSlash is the offset of the first slash without a backslash in front of it; -1: there is none.
func bareSlash(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '/':
			return i
		}
	}
	return -1
}

type substitute struct {
	pat  *pattern.Pattern
	with *field
	amp  bool
}

func (r substitute) at(s string, start, end int) string {
	if end < start {
		return s
	}
	return s[:start] + r.text(s[start:end]) + s[end:]
}

func (r substitute) all(s string, all bool) string {
	var b strings.Builder
	from := 0
	for {
		start, end := r.pat.Find(s, from)
		if start < 0 {
			break
		}
		b.WriteString(s[from:start])
		b.WriteString(r.text(s[start:end]))
		from = end
		if !all {
			break
		}
	}
	if from == 0 && b.Len() == 0 && s == "" && r.pat.Match("") {
		return r.text("")
	}
	b.WriteString(s[from:])
	return b.String()
}

// text is the replacement, in which an unquoted & stands for the match.
func (r substitute) text(match string) string {
	if !r.amp || !strings.Contains(string(r.with.text), "&") {
		return r.with.String()
	}
	var b strings.Builder
	start := 0
	for _, m := range r.with.marks {
		part := string(r.with.text[start:m.end])
		if !m.quoted {
			part = ampersands(part, match)
		}
		b.WriteString(part)
		start = m.end
	}
	return b.String()
}

func ampersands(s, match string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '&' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			b.WriteString(match)
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// caseChanger is ${x^p}, ${x^^p}, ${x,p} and ${x,,p}.
func (sh *Shell) caseChanger(op syntax.ParExpOperator, text string) func(string) (string, error) {
	change := unicode.ToUpper
	if rest, toggled := strings.CutPrefix(text, toggleMark); toggled {
		text = rest
		change = func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}
	}
	if op == syntax.LowerFirst || op == syntax.LowerAll {
		change = unicode.ToLower
	}
	if sh.charMode() == pattern.Bytes {
		wide := change
		change = func(r rune) rune {
			if r < utf8.RuneSelf {
				return wide(r)
			}
			return r
		}
	}
	all := op == syntax.UpperAll || op == syntax.LowerAll
	if text == "" {
		text = "?"
	}
	pat := pattern.Compile(text, sh.patternMode())
	return func(s string) (string, error) {
		var b strings.Builder
		for i := 0; i < len(s); {
			r, n := utf8.DecodeRuneInString(s[i:])
			switch {
			case !all && i > 0, r == utf8.RuneError && n == 1, !pat.Match(s[i:i+n]) && r < utf8.RuneSelf:
				b.WriteString(s[i : i+n])
			default:
				b.WriteRune(change(r))
			}
			i += n
		}
		return b.String(), nil
	}
}

// rewriter is ${x@Q} and its kin.
func (sh *Shell) rewriter(op string, o *operand) (func(string) (string, error), error) {
	var f func(string) string
	switch op {
	case "Q":
		f = quoteSingle
	case "E":
		f = ansiC
	case "U":
		f = strings.ToUpper
	case "L":
		f = strings.ToLower
	case "u":
		return sh.caseChanger(syntax.UpperFirst, ""), nil
	case "P":
		return sh.prompt, nil
	case "a":
		if o.v != nil {
			o.set = true
		}
		f = func(string) string { return o.v.letters() }
	case "A":
		f = sh.recreate(o)
	case "K", "k":
		f = sh.keysAndValues(op, o)
	default:
		if !o.set {
			f = func(string) string { return "" }
			break
		}
		return nil, discard("${%s@%s}: bad substitution", o.label, op)
	}
	return func(s string) (string, error) { return f(s), nil }, nil
}

// recreate is ${x@A}: the statement that makes the variable again.
func (sh *Shell) recreate(o *operand) func(string) string {
	if o.name == "@" || o.name == "*" {
		words := []string{"set", "--"}
		for _, s := range o.list {
			words = append(words, quoteSingle(s))
		}
		o.list, o.star = []string{strings.Join(words, " ")}, true
		return func(s string) string { return s }
	}
	if o.all && o.v != nil {
		o.list, o.star = []string{declaration(o.name, o.v)}, true
		return func(s string) string { return s }
	}
	letters, unset := o.v.letters(), o.v != nil && !o.set
	if letters != "" {
		o.set = o.set || o.v != nil
	}
	return func(s string) string {
		switch {
		case letters != "" && unset:
			return "declare -" + letters + " " + o.name
		case letters != "":
			return "declare -" + letters + " " + o.name + "=" + quoteSingle(s)
		}
		return o.name + "=" + quoteSingle(s)
	}
}

// keysAndValues is ${x[@]@K}, one word, and ${x[@]@k}, a word for each key and value.
func (sh *Shell) keysAndValues(op string, o *operand) func(string) string {
	if !o.all || o.v == nil {
		return quoteSingle
	}
	var words []string
	for i, k := range o.v.keys() {
		if op == "K" {
			words = append(words, assocKey(o.v, k)+" "+quoteDouble(o.list[i]))
		} else {
			words = append(words, k, o.list[i])
		}
	}
	if op == "K" {
		words = []string{strings.Join(words, " ")}
		if o.v.flags&isAssoc != 0 {
			words[0] += " "
		}
	}
	o.list = words
	return func(s string) string { return s }
}
