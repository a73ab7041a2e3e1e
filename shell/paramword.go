package shell

import (
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// wordInside adds the word of an operator, which is split and quoted like what surrounds it.
func (b *builder) wordInside(w *syntax.Word, quoted bool) error {
	if w == nil {
		b.nothing(quoted)
		return nil
	}
	empty := b.empty
	defer func() { b.empty = empty }() // "$@" in the word is no field less
	for i, p := range w.Parts {
		if lit, ok := p.(*syntax.Lit); ok && !quoted {
			text := lit.Value
			if i == 0 {
				text = b.tilde(text, len(w.Parts) == 1)
			}
			b.unquoted(text, true)
			continue
		}
		if lit, ok := p.(*syntax.Lit); ok {
			b.put(unescape(lit.Value, "$`\"\\}"), true)
			continue
		}
		if sq, ok := p.(*syntax.SglQuoted); ok && quoted && !sq.Dollar {
			if err := b.literalQuotes(sq.Value); err != nil {
				return err
			}
			continue
		}
		if dq, ok := p.(*syntax.DblQuoted); ok && quoted {
			if err := b.bare(dq); err != nil {
				return err
			}
			continue
		}
		if err := b.part(p, quoted); err != nil {
			return err
		}
	}
	return nil
}

// bare adds what stands between double quotes within those around it. They lift them: a backslash quotes anything.
func (b *builder) bare(q *syntax.DblQuoted) error {
	for _, p := range q.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok {
			if err := b.part(p, true); err != nil {
				return err
			}
			continue
		}
		for text := lit.Value; text != ""; {
			before, after, found := strings.Cut(text, "\\")
			b.put(before, true)
			if _, n := utf8.DecodeRuneInString(after); found {
				b.put(strings.TrimPrefix(after[:n], "\n"), true)
				after = after[n:]
			}
			text = after
		}
	}
	return nil
}

// literalQuotes adds text that the parser took for a quoted string: between double quotes, single quotes are
// ordinary.
func (b *builder) literalQuotes(text string) error {
	out, err := b.sh.expandText("'" + text + "'")
	b.put(out, true)
	return err
}

// expandText expands text as if it stood between double quotes.
func (sh *Shell) expandText(text string) (string, error) {
	if !strings.ContainsAny(text, "$`\\") {
		return text, nil
	}
	valid, raw := validText(text)
	w, err := sh.parser().Document(strings.NewReader(valid))
	if err != nil {
		return "", discard("%s: bad substitution", text)
	}
	if raw {
		rawNodes(w)
	}
	return sh.document(w)
}
