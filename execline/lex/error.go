package lex

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error is why a script can't be read, and where.
type Error struct {
	Kind      string // "syntax error", "unmatched {" or "unmatched }"
	Detail    string // what is wrong with which word; may be empty
	Line, Col int    // both from 1; Col counts characters
	Open      bool   // more text could mend it: a block or a string lacks its end
}

// Error is the whole message without a file.
func (e *Error) Error() string { return e.In("") }

// In is the whole message; file may be empty.
func (e *Error) In(file string) string {
	msg := e.Kind
	if file != "" {
		msg += " in file " + file
	}
	msg += " at line " + strconv.Itoa(e.Line) + ", column " + strconv.Itoa(e.Col)
	if e.Detail != "" {
		msg += ": " + e.Detail
	}
	return msg
}

// Position is the place of a byte offset in a script: line and column, both from 1.
func Position(src []byte, off int) (line, col int) {
	before := src[:off]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

func newError(src []byte, off int, kind, detail string) *Error {
	line, col := Position(src, off)
	return &Error{Kind: kind, Detail: detail, Line: line, Col: col}
}

// unmatched names the word in front of a block that has no end.
func (b block) unmatched(src []byte, words []string) *Error {
	detail := ""
	if b.word >= 0 {
		detail = "the block of " + Quote(strings.TrimLeft(words[b.word], " ")) + " has no end"
	}
	err := newError(src, b.off, "unmatched {", detail)
	err.Open = true
	return err
}

// spelling is the first line of the source from off, cut short.
func (s *scanner) spelling(off int) string {
	const most = 40
	line, _, _ := bytes.Cut(s.src[off:], []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	if len(line) <= most {
		return string(line)
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
		cut--
	}
	return string(line[:cut]) + "..."
}
