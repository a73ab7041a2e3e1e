package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func (sh *Shell) expandsAliases() bool { return sh.opts.shopted("expand_aliases") }

// aliasSpan is a part of the text that stands for an alias, which is not expanded in it again.
type aliasSpan struct {
	name       string
	start, end int
}

// aliases tells whether aliases are expanded now.
func (l *lines) aliases() bool { return len(l.sh.aliases) > 0 && l.sh.expandsAliases() }

// aliased puts the text of the first alias that stmt uses in its place. The answer is the text from the first statement on that
// has not run.
func (l *lines) aliased(text string, stmt *syntax.Stmt) (rest string, ok bool) {
	if !l.aliases() {
		return "", false
	}
	var found *syntax.Lit
	check := func(w *syntax.Word) {
		if found == nil && len(w.Parts) == 1 {
			if lit, ok := w.Parts[0].(*syntax.Lit); ok && l.isAlias(lit.Value, int(lit.Pos().Offset())) {
				found = lit
			}
		}
	}
	syntax.Walk(stmt, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				check(n.Args[0])
			}
		case *syntax.Word:
			if len(l.spans) > 0 && l.chained(text, int(n.Pos().Offset())) {
				check(n)
			}
		}
		return found == nil
	})
	if found == nil {
		return "", false
	}
	return l.replaceAlias(text, found.Value, int(found.Pos().Offset())), true
}

// aliasAhead does so for the word that the first statement begins with of which the parser could make nothing.
func (l *lines) aliasAhead(text string) (rest string, ok bool) {
	if !l.aliases() {
		return "", false
	}
	start := int(l.parsed)
	for _, s := range l.held {
		start = max(start, int(stmtEnd(s).Offset()))
	}
	start += len(text[start:]) - len(strings.TrimLeft(text[start:], " \t\n;&"))
	for strings.HasPrefix(text[start:], "#") {
		comment, _, _ := strings.Cut(text[start:], "\n")
		start += len(comment)
		start += len(text[start:]) - len(strings.TrimLeft(text[start:], " \t\n"))
	}
	for {
		word := text[start:]
		if i := strings.IndexAny(word, " \t\n;&|<>()"); i >= 0 {
			word = word[:i]
		}
		if word == "" {
			return "", false
		}
		if l.isAlias(word, start) {
			return l.replaceAlias(text, word, start), true
		}
		start += len(word)
		start += len(text[start:]) - len(strings.TrimLeft(text[start:], " \t"))
		if start >= len(text) || !l.chained(text, start) {
			return "", false
		}
	}
}

// isAlias tells whether the word at offset at is an alias to expand.
func (l *lines) isAlias(word string, at int) bool {
	if _, ok := l.sh.aliases[word]; !ok {
		return false
	}
	for _, s := range l.spans {
		if s.name == word && s.start <= at && at < s.end {
			return false
		}
	}
	return true
}

// chained tells whether the word at offset at follows the text of an alias that ends in a blank.
func (l *lines) chained(text string, at int) bool {
	for _, s := range l.spans {
		if s.end <= at && s.end > s.start && strings.Trim(text[s.end:at], " \t\\\n") == "" && strings.IndexByte(" \t", text[s.end-1]) >= 0 {
			return true
		}
	}
	return false
}

func (l *lines) replaceAlias(text, name string, at int) string {
	value, end, from := l.sh.aliases[name], at+len(name), int(l.parsed)
	rest := text[from:at] + value + text[end:]
	spans := shifted(l.spans, from)
	for i := range spans {
		if s := &spans[i]; s.end >= end-from {
			s.end += len(value) - len(name)
		}
	}
	l.spans = append(spans, aliasSpan{name, at - from, at - from + len(value)})
	l.restart(strings.Count(text[:from], "\n"))
	return rest
}

// shifted are the spans of the text from offset from on.
func shifted(spans []aliasSpan, from int) (out []aliasSpan) {
	for _, s := range spans {
		if s.start, s.end = s.start-from, s.end-from; s.end > 0 {
			out = append(out, s)
		}
	}
	return out
}
