package lint

import (
	"path"
	"strings"

	"s6box/execline/lex"
)

// operators reports what would redirect or join commands in a shell. It is handed to the command in front of it as a word, which
// only those that compare and calculate have a use for.
func (c *checker) operators(items []item) {
	for _, it := range items {
		if HasOperators(it.word) {
			return
		}
	}
	for i, it := range items {
		if it.isBlock {
			c.operators(it.block)
		} else if i > 0 && operator(it.word) && strings.HasPrefix(string(c.src[it.off:]), it.word) {
			c.report(it.off, "%s is a word like any other: execline has no redirections, pipes and lists of the shell", lex.Quote(it.word))
		}
	}
}

// HasOperators tells whether a program compares or calculates: it takes words like > and | itself.
func HasOperators(program string) bool {
	switch path.Base(program) {
	case "eltest", "test", "s6-test", "expr", "s6-expr", "[":
		return true
	}
	return false
}

// operator tells whether a word is an operator of the shell, with a file name or a descriptor behind it or not. A lone ; ends
// the command of find.
func operator(word string) bool {
	switch word {
	case "|", "||", "&&", "&", "<", "<<":
		return true
	}
	rest := strings.TrimLeft(word, "0123456789")
	rest, ok := strings.CutPrefix(rest, ">")
	return ok && (strings.Trim(rest, ">") == "" || strings.ContainsRune("/&", rune(strings.TrimLeft(rest, ">")[0])))
}
