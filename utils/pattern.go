package utils

import (
	"bytes"

	"s6box/internal/posixre"
)

// patternKind is how a pattern is to be read.
type patternKind struct{ extended, fixed, fold bool }

// matcher returns a function that tells whether a line matches.
func (k patternKind) matcher(pattern string) (func(line []byte) bool, error) {
	if k.fixed && !k.fold {
		text := []byte(pattern)
		return func(line []byte) bool { return bytes.Contains(line, text) }, nil
	}
	var flags posixre.Flags
	if k.fixed {
		pattern = quoteBasic(pattern)
	}
	if k.fixed || !k.extended {
		flags |= posixre.Basic
	}
	if k.fold {
		flags |= posixre.FoldCase
	}
	re, err := posixre.Compile(pattern, flags)
	if err != nil {
		return nil, err
	}
	return re.Matcher(), nil
}

// quoteBasic makes a basic regular expression that matches text and nothing else.
func quoteBasic(text string) string {
	var out []byte
	for i := range len(text) {
		if bytes.IndexByte([]byte(`\.[*^$`), text[i]) >= 0 {
			out = append(out, '\\')
		}
		out = append(out, text[i])
	}
	return string(out)
}
