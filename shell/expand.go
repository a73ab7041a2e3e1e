package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"s6box/shell/pattern"
)

// fields expands words to the arguments of a command: braces, tildes, parameters, commands, arithmetic,
// splitting and path names.
func (sh *Shell) fields(words []*syntax.Word) ([]string, error) {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if lit, ok := plainWord(w); ok {
			out = append(out, lit)
			continue
		}
		for _, w := range sh.braces(w) {
			var err error
			if out, err = sh.appendFields(out, w); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// plainWord is the common case: a word of ordinary characters.
func plainWord(w *syntax.Word) (string, bool) {
	if len(w.Parts) != 1 {
		return "", false
	}
	lit, ok := w.Parts[0].(*syntax.Lit)
	if !ok || lit.Value != "[" && (strings.ContainsAny(lit.Value, "\\*?[{~") || lit.Value == "") {
		return "", false
	}
	return lit.Value, true
}

func (sh *Shell) appendFields(out []string, w *syntax.Word) ([]string, error) {
	b := sh.newBuilder(true)
	if err := b.word(w); err != nil {
		return nil, err
	}
	for _, f := range b.fields() {
		if sh.opts.has(noGlob) || !f.meta() {
			out = append(out, f.String())
			continue
		}
		names, err := sh.glob(f)
		if err != nil {
			return nil, err
		}
		out = append(out, names...)
	}
	return out, nil
}

// literal expands a word to one string, without splitting or path names: the value of an assignment, a
// here-string, the word of case.
func (sh *Shell) literal(w *syntax.Word) (string, error) {
	f, err := sh.single(w, false)
	if err != nil {
		return "", err
	}
	return f.String(), nil
}

// assigned is literal for the value of an assignment, where "~" is expanded after a colon too.
func (sh *Shell) assigned(w *syntax.Word) (string, error) {
	f, err := sh.single(w, true)
	if err != nil {
		return "", err
	}
	return f.String(), nil
}

// patternOf expands a word to a pattern.
func (sh *Shell) patternOf(w *syntax.Word) (string, error) {
	if w == nil {
		return "", nil
	}
	if text := w.Lit(); text != "" && isPlain(text) {
		return text, nil
	}
	f, err := sh.single(w, false)
	if err != nil {
		return "", err
	}
	return f.pattern(), nil
}

func (sh *Shell) single(w *syntax.Word, assign bool) (*field, error) {
	if w == nil {
		return &field{}, nil
	}
	b := sh.newBuilder(false)
	b.assign = assign
	if err := b.word(w); err != nil {
		return nil, err
	}
	return b.whole(), nil
}

// document expands the body of a here-document, or other text in which double quotes are ordinary.
func (sh *Shell) document(w *syntax.Word) (string, error) {
	if w == nil {
		return "", nil
	}
	b := sh.newBuilder(false)
	for _, p := range w.Parts {
		if lit, ok := p.(*syntax.Lit); ok {
			b.put(unescape(lit.Value, "$`\\"), true)
			continue
		}
		if err := b.part(p, true); err != nil {
			return "", err
		}
	}
	return b.whole().String(), nil
}

// word adds a whole word.
func (b *builder) word(w *syntax.Word) error {
	assign := b.assign
	defer func() { b.assign = assign }()
	for i, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok {
			if err := b.part(p, false); err != nil {
				return err
			}
			continue
		}
		text := lit.Value
		if i == 0 || b.assign {
			text = b.tildes(text, i == 0, i == len(w.Parts)-1)
		}
		b.unquoted(text, false)
	}
	return nil
}

// unquoted adds literal text in which backslashes quote; split says that it stands inside an expansion that
// is split.
func (b *builder) unquoted(s string, split bool) {
	for {
		i := strings.IndexByte(s, '\\')
		plain := s
		if i >= 0 {
			plain = s[:i]
		}
		if split {
			b.expanded(plain)
		} else {
			b.put(plain, false)
		}
		if i < 0 {
			return
		}
		if i+1 == len(s) {
			b.put("\\", false)
			return
		}
		if s[i+1] != '\n' {
			b.put(s[i+1:i+2], true)
		}
		s = s[i+2:]
	}
}

// part adds a part of a word; quoted says that it is between double quotes.
func (b *builder) part(p syntax.WordPart, quoted bool) error {
	switch p := p.(type) {
	case *syntax.Lit:
		if quoted {
			b.put(unescape(p.Value, "$`\"\\"), true)
		} else {
			b.unquoted(p.Value, false)
		}
	case *syntax.SglQuoted:
		if p.Dollar {
			b.put(ansiC(p.Value), true)
		} else {
			b.put(p.Value, true)
		}
	case *syntax.DblQuoted:
		return b.double(p)
	case *syntax.ParamExp:
		return b.param(p, quoted)
	case *syntax.CmdSubst:
		out, err := b.sh.commandSubst(p)
		b.result(out, quoted)
		return err
	case *syntax.ArithmExp:
		text, err := b.sh.expression(p.X)
		if err != nil {
			return err
		}
		n, err := b.sh.arithString(text + b.sh.blanks(p.X))
		b.result(n, quoted)
		return hard(err)
	case *syntax.ProcSubst:
		name, err := b.sh.procSubst(p)
		b.put(name, true)
		return err
	case *syntax.ExtGlob:
		return b.extGlob(p)
	}
	return nil
}

// hard is the error of an expression as one of an expansion, which ends a shell in POSIX mode.
func hard(err error) error { return altered(err, func(f *failure) { f.soft = false }) }

// result adds what an expansion produced.
func (b *builder) result(s string, quoted bool) {
	if quoted {
		b.put(s, true)
	} else {
		b.expanded(s)
	}
}

func (b *builder) double(q *syntax.DblQuoted) error {
	saved := b.empty
	b.empty = false
	open, fields, size := b.open, len(b.done), len(b.cur.text)
	for _, p := range q.Parts {
		if err := b.part(p, true); err != nil {
			return err
		}
	}
	// "$@" without arguments is no field at all, unless something else came of what is between the quotes.
	b.open = open || !b.empty || len(b.done) > fields || len(b.cur.text) > size
	b.empty = saved
	return nil
}

// extGlob adds an extended pattern group, which the parser leaves as text.
func (b *builder) extGlob(g *syntax.ExtGlob) error {
	b.put(g.Op.String(), false)
	text := g.Pattern.Value
	for text != "" {
		i := patternOperator(text)
		chunk := text
		if i >= 0 {
			chunk = text[:i]
		}
		if chunk != "" {
			w, err := b.sh.parseWord(chunk)
			if err != nil {
				b.put(chunk, false)
			} else if err := b.word(w); err != nil {
				return err
			}
		}
		if i < 0 {
			break
		}
		b.put(text[i:i+1], false)
		text = text[i+1:]
	}
	b.put(")", false)
	return nil
}

// patternOperator is the offset of the first |, ( or ) of a pattern that is not quoted or part of an expansion; -1: there is none.
func patternOperator(text string) int {
	for i := 0; i < len(text); i++ {
		end := i
		switch text[i] {
		case '|', '(', ')':
			return i
		case '\\':
			end = i + 1
		case '\'', '"', '`':
			end = skipQuoted(text, i)
		case '$':
			if strings.HasPrefix(text[i:], "$(") {
				end = matchParen(text, i+2)
			} else if strings.HasPrefix(text[i:], "${") {
				end = matchBrace(text, i+2)
			}
		}
		if end < 0 {
			return -1
		}
		i = end
	}
	return -1
}

// parseWord parses text as one word.
func (sh *Shell) parseWord(text string) (*syntax.Word, error) {
	for w, err := range sh.parser().WordsSeq(strings.NewReader(text)) {
		if err != nil || int(w.End().Offset()) == len(text) {
			return w, err
		}
		break
	}
	return nil, discard("%s: bad pattern", text)
}

// unescape removes the backslashes in front of the characters of special.
func unescape(s, special string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if s[i+1] == '\n' {
				i++
				continue
			}
			if strings.IndexByte(special, s[i+1]) >= 0 {
				i++
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// patternMode is how patterns match here.
func (sh *Shell) patternMode() pattern.Mode {
	mode := pattern.ExtGlob
	if sh.opts.shopted("nocasematch") {
		mode |= pattern.NoCase
	}
	return mode | sh.charMode()
}

// isPlain tells whether text is of bytes that mean themselves, in words and in patterns.
func isPlain(text string) bool {
	for i := range len(text) {
		if !nameByte(text[i]) && strings.IndexByte("-./:,=%", text[i]) < 0 {
			return false
		}
	}
	return true
}

// charMode is Bytes where the locale is not one of UTF-8.
func (sh *Shell) charMode() pattern.Mode {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value, ok := sh.get(name); ok && value != "" {
			value = strings.ToLower(value)
			if strings.Contains(value, "utf-8") || strings.Contains(value, "utf8") {
				return 0
			}
			return pattern.Bytes
		}
	}
	return pattern.Bytes
}
