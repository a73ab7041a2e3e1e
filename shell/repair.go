package shell

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// repair rewrites what follows the offset from in text, where the parser stopped with err, so that it gets further. It
// answers with the new text of all behind from; ok is false where bash finds an error as well.
func repair(text string, from uint, err error) (rest string, ok bool) {
	at, msg := errorAt(err)
	if at < int(from) || at > len(text) {
		return "", false
	}
	if _, bad := conditionMessage(text, at); bad {
		return "", false
	}
	for _, attempt := range []func(text string, from, at int, msg string) (string, bool){
		endDocument, toggledCase, oddSlice, sliceText, emptySubscript, listMember, plainSubstitution, nestedSubshell, negatedTime, doubleNegation, bareNegation, arrayWords, plainWords, quotedArithmetic,
	} {
		if rest, ok := attempt(text, int(from), at, msg); ok {
			return rest, true
		}
	}
	return "", false
}

// endDocument ends a here-document that the end of the text ends.
func endDocument(text string, from, _ int, msg string) (rest string, ok bool) {
	word, ok := strings.CutPrefix(msg, "unclosed here-document `")
	if !ok {
		return "", false
	}
	return strings.TrimSuffix(text[from:], "\n") + "\n" + strings.TrimSuffix(word, "`") + "\n", true
}

// toggleMark behind ^ or ^^ says that the operator was ~ or ~~.
const toggleMark = "\U0010fffc"

// toggledCase passes ${x~} and ${x~~}, which the parser does not know.
func toggledCase(text string, from, at int, _ string) (rest string, ok bool) {
	i := at
	for i > from && i > at-3 && (i >= len(text) || text[i] != '~') {
		i--
	}
	for i > from && text[i-1] == '~' {
		i--
	}
	if i >= len(text) || text[i] != '~' || i == from || !nameByte(text[i-1]) && text[i-1] != ']' {
		return "", false
	}
	open := strings.LastIndex(text[from:i], "${")
	if open < 0 || strings.Contains(text[from+open:i], "}") {
		return "", false
	}
	op := "^"
	end := i + 1
	if strings.HasPrefix(text[i:], "~~") {
		op, end = "^^", i+2
	}
	return text[from:i] + op + toggleMark + text[end:], true
}

// emptySubscript makes name[]=value an error of the assignment.
func emptySubscript(text string, from, at int, msg string) (rest string, ok bool) {
	if at >= len(text) || !strings.HasPrefix(text[at:], "[]=") && !strings.HasPrefix(text[at:], "[]+=") || !strings.Contains(msg, "must be followed by an expression") {
		return "", false
	}
	return text[from:at] + "[" + emptyMark + "]" + text[at+2:], true
}

// emptyMark is the subscript of name[]=value.
const emptyMark = "\U0010fffb"

// subscriptMark begins the value of an assignment in front of a command that has a subscript, which comes behind.
const subscriptMark = "\U0010fff9"

const nameBytes = "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// listMark is the value of an element that is given a list.
const listMark = "\U0010fffa"

// listMember makes name[subscript]=( … ) an error of the assignment.
func listMember(text string, from, at int, _ string) (rest string, ok bool) {
	if i := strings.Index(text[at:], "=("); i >= 0 && at < len(text) && text[at] != '(' {
		at += i + 1 // of a declaration
	}
	if at >= len(text) || text[at] != '(' || at-from < 3 {
		return "", false
	}
	name := strings.TrimSuffix(text[from:at-1], "+")
	end := matchParen(text, at+1)
	open := strings.LastIndexByte(name, '[')
	if text[at-1] != '=' || !strings.HasSuffix(name, "]") || end < 0 || open < 1 || !nameByte(name[open-1]) && name[open-1] != '[' {
		return "", false
	}
	lost := strings.Repeat("\\\n", strings.Count(text[at:end], "\n"))
	return text[from:at] + listMark + lost + text[end+1:], true
}

// nestedSubshell parts the parentheses of ((a); b), which the parser takes for arithmetic.
func nestedSubshell(text string, from, at int, _ string) (rest string, ok bool) {
	for until := min(at+3, len(text)); ; {
		i := strings.LastIndex(text[:until], "((")
		if i < from {
			return "", false
		}
		until = i + 1
		if !startsCommand(text[from:i]) {
			continue
		}
		if end := matchParen(text, i+2); end > 0 && at <= end+1 && (end+1 == len(text) || text[end+1] != ')') {
			return text[from:i+1] + " " + text[i+1:], true
		}
	}
}

// startsCommand tells whether a command may begin behind before.
func startsCommand(before string) bool {
	before = strings.TrimRight(before, " \t")
	if before == "" || strings.IndexByte("\n;&|({!$`", before[len(before)-1]) >= 0 {
		return true
	}
	word := before[strings.LastIndexAny(before, " \t\n;&|(")+1:]
	switch word {
	case "if", "then", "else", "elif", "do", "while", "until", "time":
		return true
	}
	return false
}

// matchParen finds the parenthesis that closes the one in front of offset i; -1: there is none.
func matchParen(text string, i int) int {
	depth := 1
	for ; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\'', '"', '`':
			if i = skipQuoted(text, i); i < 0 {
				return -1
			}
		case '#':
			if strings.IndexByte(" \t\n;(", text[i-1]) >= 0 {
				for i+1 < len(text) && text[i+1] != '\n' {
					i++
				}
			}
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// skipQuoted is the offset of the quote that closes the one at i; -1: there is none.
func skipQuoted(text string, i int) int {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == quote:
			return i
		case text[i] == '\\' && quote != '\'':
			i++
		}
	}
	return -1
}

// negatedTime turns "time ! command" round.
func negatedTime(text string, from, at int, msg string) (rest string, ok bool) {
	if at >= len(text) || text[at] != '!' || !strings.Contains(msg, "full statements") {
		return "", false
	}
	i := strings.LastIndex(text[from:at], "time")
	if i < 0 {
		return "", false
	}
	i += from
	return text[from:i] + "! " + text[i:at] + text[at+1:], true
}

// doubleNegation takes "! !" away.
func doubleNegation(text string, from, at int, msg string) (rest string, ok bool) {
	if !strings.Contains(msg, "negate a command multiple times") {
		return "", false
	}
	i := at + 1 + len(text[at+1:]) - len(strings.TrimLeft(text[at+1:], " \t"))
	if text[at] != '!' || i >= len(text) || text[i] != '!' {
		return "", false
	}
	return text[from:at] + " " + text[at+1:i] + " " + text[i+1:], true
}

// bareNegation passes a ! with no command behind it, which is false.
func bareNegation(text string, from, at int, msg string) (rest string, ok bool) {
	if at >= len(text) || text[at] != '!' || !strings.Contains(msg, "cannot form a statement alone") {
		return "", false
	}
	behind := strings.TrimLeft(text[at+1:], " \t")
	if behind != "" && strings.IndexByte("\n;#", behind[0]) < 0 {
		return "", false
	}
	return text[from:at+1] + " ((1))" + text[at+1:], true
}

// addMark in front of the value of an array element says that it is added to the one there.
const addMark = "\U0010fffd"

// arrayWords passes elements of array expressions that begin like a subscript: [ab]* is a pattern, [k]+=v adds to an
// element. An array in front of a command, or
// one that eval is given, is what it says, as text.
func arrayWords(text string, from, at int, msg string) (rest string, ok bool) {
	switch {
	case strings.Contains(msg, "`[x]` must be followed by"):
		end := strings.IndexByte(text[at:], ']')
		if end >= 0 && strings.HasPrefix(text[at+end:], "]+=") {
			return text[from:at+end] + "]=" + addMark + text[at+end+3:], true
		}
		return text[from:at] + `""` + text[at:], true
	case strings.Contains(msg, "encountered `(`") && at > from && text[at-1] == '=':
		line := text[max(from, strings.LastIndexByte(text[:at], '\n')+1):at]
		end := matchParen(text, at+1)
		if end < 0 || !strings.Contains(line, "eval ") {
			return "", false
		}
		return text[from:at] + `\(` + text[at+1:end] + `\)` + text[end+1:], true
	case strings.Contains(msg, "inline variables cannot be arrays") && strings.HasPrefix(strings.TrimLeft(text[at:], nameBytes), "["):
		i := len(text) - len(strings.TrimLeft(text[at:], nameBytes))
		return text[from:i] + "=" + subscriptMark + text[i:], true
	case strings.Contains(msg, "inline variables cannot be arrays"):
		open := strings.IndexByte(text[at:], '(')
		if open < 0 {
			return "", false
		}
		end := matchParen(text, at+open+1)
		if end < 0 || strings.Contains(text[at+open:end], "'") {
			return "", false
		}
		return text[from:at+open] + "'" + text[at+open:end+1] + "'" + text[end+1:], true
	}
	return "", false
}

// quotedArithmetic quotes an expression. The parser reads arithmetic and subscripts at once, as expressions; bash expands
// them first and looks then, so that $((a $op b)) and map[some key] are fine. Between double quotes they pass, and mean the
// same.
func quotedArithmetic(text string, from, at int, msg string) (rest string, ok bool) {
	known := false
	for _, s := range []string{"arithm", "expression", "ternary", "must follow", "must be followed by a literal"} {
		known = known || strings.Contains(msg, s)
	}
	if !known {
		return "", false
	}
	start, end := enclosing(text, from, at)
	if i := len(text) - len(strings.TrimPrefix(text[at:], "$")); strings.HasPrefix(text[i:], "((") {
		start, end = i+2, closing(text, i+2, "))")
	}
	if start < 0 {
		return "", false
	}
	inner := strings.TrimSpace(text[start:end])
	if inner == `""` || inner != "" && inner[0] == '"' && inner[len(inner)-1] == '"' && strings.Count(inner, `"`) == 2 {
		return "", false
	}
	inner = strings.NewReplacer(`"`, "", `'`, "", "\n", " ").Replace(text[start:end])
	lost := strings.Repeat("\\\n", strings.Count(text[start:end], "\n"))
	return text[from:start] + `"` + inner + lost + `"` + text[end:], true
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
	default:
		return plainLet(text, from, at)
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

// plainLet does so with a let on the line of the error: the parser does not see the comment behind it.
func plainLet(text string, from, at int) (rest string, ok bool) {
	line := max(from, strings.LastIndexByte(text[:at], '\n')+1)
	i := strings.LastIndex(text[line:at], "let ")
	if i < 0 || !startsCommand(text[from:line+i]) {
		return "", false
	}
	return text[from:line+i] + "\\" + text[line+i:], true
}

func errorAt(err error) (offset int, msg string) {
	var parse syntax.ParseError
	var lang syntax.LangError
	switch {
	case errors.As(err, &parse):
		return int(parse.Pos.Offset()), parse.Text
	case errors.As(err, &lang):
		return int(lang.Pos.Offset()), lang.Feature + ": not in the language of this shell"
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
	return nameByte(c) || c == '(' || c == '$' || c == ' ' || c == '\t' || c == '\n'
}

func nameByte(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' }

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
