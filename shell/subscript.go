package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// subscript expands a subscript: a key of an associative array, else the text of an arithmetic
// expression.
func (sh *Shell) subscript(index syntax.ArithmExpr) (string, error) {
	if w, ok := index.(*syntax.Word); ok {
		return sh.literalKey(w)
	}
	return sh.arithText(index)
}

// literalKey expands a subscript that is one word.
func (sh *Shell) literalKey(w *syntax.Word) (string, error) {
	b := sh.newBuilder(false)
	for _, p := range w.Parts {
		if err := b.part(p, false); err != nil {
			return "", err
		}
	}
	return b.whole().String(), nil
}

// keyText expands the subscript of r that is not the parser's, because it comes with a value or the argument of a builtin. In
// that of an associative array quotes quote.
func (sh *Shell) keyText(r ref) string {
	if !r.sub || !strings.ContainsAny(r.index, "$`\\\"'") {
		return r.index
	}
	if w, err := sh.parseWord(r.index); err == nil && w != nil {
		if key, err := sh.literalKey(w); err == nil {
			return key
		}
	}
	index, err := sh.expandText(r.index)
	if err != nil {
		return r.index
	}
	return strings.Trim(index, "\"'")
}
