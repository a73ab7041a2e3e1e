// Package lint formats execline scripts and finds what is surely wrong in them.
package lint

import (
	"s6box/execline/lex"
)

// item is a word of a command line, or a block.
type item struct {
	word    string
	off     int // in the source
	isBlock bool
	block   []item
}

// parse reads a script, which lex.Parse accepts, as a tree.
func parse(src []byte) []item {
	tokens, _ := lex.Tokens(src)
	items, _ := parseItems(tokens)
	return items
}

// parseItems reads up to the end of a block and returns the tokens behind it.
func parseItems(tokens []lex.Token) (items []item, rest []lex.Token) {
	for len(tokens) > 0 {
		t := tokens[0]
		tokens = tokens[1:]
		switch t.Kind {
		case lex.Word:
			items = append(items, item{word: t.Text, off: t.Off})
		case lex.Open:
			inner := item{off: t.Off, isBlock: true}
			inner.block, tokens = parseItems(tokens)
			items = append(items, inner)
		case lex.Close:
			return items, tokens
		}
	}
	return items, nil
}
