package shell

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// repair rewrites what follows the offset from in text, where the parser stopped with err, so that it gets further. The
// parser reads arithmetic and subscripts at once, as expressions; bash expands them first and looks then, so that
// $((a $op b)) and map[some key] are fine. Between double quotes they pass, and mean the same.
func repair(text string, from uint, err error) (rest string, lines int, ok bool) {
	at, msg := errorAt(err)
	if word, ok := strings.CutPrefix(msg, "unclosed here-document `"); ok {
		return strings.TrimSuffix(text[from:], "\n") + "\n" + strings.TrimSuffix(word, "`") + "\n", strings.Count(text[:from], "\n"), true
	}
	if rest, ok := plainWords(text, int(from), at, msg); ok {
		return rest, strings.Count(text[:from], "\n"), true
	}
	if !strings.Contains(msg, "arithm") && !strings.Contains(msg, "expression") && !strings.Contains(msg, "ternary") {
		return "", 0, false
	}
	if at < int(from) || at > len(text) {
		return "", 0, false
	}
	start, end := enclosing(text, int(from), at)
	if start < 0 {
		return "", 0, false
	}
	inner := strings.TrimSpace(text[start:end])
	if inner == "" || inner[0] == '"' && inner[len(inner)-1] == '"' && strings.Count(inner, `"`) == 2 {
		return "", 0, false
	}
	inner = strings.NewReplacer(`"`, "", `'`, "", "\n", " ").Replace(text[start:end])
	lost := strings.Repeat("\\\n", strings.Count(text[start:end], "\n"))
	return text[from:start] + `"` + inner + lost + `"` + text[end:], strings.Count(text[:from], "\n"), true
}

// plainWords turns let and declare commands that the parser can't read into ordinary commands, which report what is
// wrong when they run, if they do.
func plainWords(text string, from, at int, msg string) (rest string, ok bool) {
	var names []string
	switch {
	case strings.Contains(msg, "`let`"):
		names = []string{"let"}
	case msg == "invalid var name":
		names = []string{"export", "declare", "local", "readonly", "typeset"}
	}
	best := -1
	for _, name := range names {
		if i := strings.LastIndex(text[from:min(at+len(name), len(text))], name); i >= 0 {
			best = max(best, from+i)
		}
	}
	if best < 0 || best > 0 && text[best-1] == '\\' {
		return "", false
	}
	return text[from:best] + "\\" + text[best:], true
}

func errorAt(err error) (offset int, msg string) {
	var parse syntax.ParseError
	var lang syntax.LangError
	switch {
	case errors.As(err, &parse):
		return int(parse.Pos.Offset()), parse.Text
	case errors.As(err, &lang):
		return int(lang.Pos.Offset()), lang.Feature
	}
	return -1, ""
}

// enclosing finds the text between the innermost (( and )), or [ and ] of a subscript, around at.
func enclosing(text string, from, at int) (start, end int) {
	round, square := 0, 0
	for i := at - 1; i >= from; i-- {
		switch text[i] {
		case ')':
			round++
		case ']':
			square++
		case '(':
			if round > 0 {
				round--
			} else if i > from && text[i-1] == '(' {
				return i + 1, closing(text, i+1, "))")
			}
		case '[':
			if square > 0 {
				square--
			} else if i > from && subscripts(text[i-1]) {
				return i + 1, closing(text, i+1, "]")
			}
		}
	}
	return -1, -1
}

// subscripts tells whether a [ behind c begins a subscript.
func subscripts(c byte) bool {
	return c == '_' || c == '(' || c == ' ' || c == '\t' || c == '\n' || 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// closing finds end behind from, outside of nested brackets; without one it is the end of the text.
func closing(text string, from int, end string) int {
	open := byte('[')
	if end == "))" {
		open = '('
	}
	depth := 0
	for i := from; i < len(text); i++ {
		switch {
		case depth == 0 && strings.HasPrefix(text[i:], end):
			return i
		case text[i] == '\\':
			i++
		case text[i] == open:
			depth++
		case text[i] == end[0] && depth > 0:
			depth--
		}
	}
	return len(text)
}

// plainComments takes the backslash off comments behind a command that end in one. In bash it means nothing; the
// parser takes the next line for more of the command.
func (sh *Shell) plainComments(text string) string {
	suspect := false
	for line := range strings.Lines(text) {
		suspect = suspect || strings.HasSuffix(line, "\\\n") && strings.Contains(line, "#")
	}
	if !suspect {
		return text
	}
	file, _ := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.KeepComments(true)).Parse(strings.NewReader(text), "")
	if file == nil {
		return text
	}
	out := []byte(text)
	syntax.Walk(file, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.Comment); ok && strings.HasSuffix(c.Text, "\\\n") {
			if at := int(c.Hash.Offset()) + len(c.Text) - 1; at < len(out) && out[at] == '\\' {
				out[at] = ' '
			}
		}
		return true
	})
	return string(out)
}
