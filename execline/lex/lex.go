// Package lex reads execline scripts: words, quoting, comments and blocks, as the page execlineb specifies.
package lex

import (
	"bytes"
	"unsafe"
)

// most is how many bytes of spaces the words of a script may have: many times what a command line may be long.
const most = 1 << 25

// Kind tells what a Token is.
type Kind uint8

const (
	Word    Kind = iota
	Open         // a block begins
	Close        // a block ends
	Comment      // from # to the end of its line, which is not part of it
)

// Token is one element of a script. Off and End are the byte offsets of its spelling in the source.
type Token struct {
	Kind     Kind
	Text     string // the word it stands for; for a Comment, its spelling
	Off, End int
}

// Parse returns the argv of a script: a word inside n blocks has n spaces in front, the end of a block is an
// empty word with the spaces of the blocks around it. The script ends at a NUL byte. The error is an *Error; more than
// most bytes of such spaces are one.
func Parse(src []byte) ([]string, error) {
	src = untilNUL(src)
	words := make([]string, 0, len(src)/8+4)
	var open []block
	after := -1 // the last word, if nothing came between
	arena := make([]byte, 0, len(src)+len(src)/4+16)
	left := len(src) + most
	s := scanner{src: src}
	for {
		kind, off, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case kind == end:
			if len(open) > 0 {
				return nil, open[len(open)-1].unmatched(src, words)
			}
			return words, nil
		case kind == Comment:
			continue
		case kind == Open:
			open = append(open, block{off, after})
			after = -1
			continue
		case kind == Close && len(open) == 0:
			return nil, newError(src, off, "unmatched }", "")
		case kind == Close:
			open = open[:len(open)-1]
			s.text = nil
		}
		if left -= len(open) + len(s.text); left < 0 {
			return nil, newError(src, off, "too many blocks within blocks", "")
		}
		if cap(arena)-len(arena) < len(open)+len(s.text) {
			arena = make([]byte, 0, 2*cap(arena)+len(open)+len(s.text))
		}
		start := len(arena)
		for range open {
			arena = append(arena, ' ')
		}
		arena = append(arena, s.text...)
		words = append(words, text(arena[start:]))
		after = len(words) - 1
		if kind == Close {
			after = -1
		}
	}
}

// block is where a block begins, and the index of the word in front of it, or -1.
type block struct{ off, word int }

// Tokens returns every token of a script, comments too. Blocks need not match. The error is an *Error.
func Tokens(src []byte) ([]Token, error) {
	src = untilNUL(src)
	var tokens []Token
	s := scanner{src: src}
	for {
		kind, off, err := s.next()
		if err != nil || kind == end {
			return tokens, err
		}
		tokens = append(tokens, Token{kind, string(s.text), off, s.off})
	}
}

// text makes a string of bytes that nobody writes to any more.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func untilNUL(src []byte) []byte {
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return src[:i]
	}
	return src
}
