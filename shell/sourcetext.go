package shell

import (
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// The parser takes UTF-8 only, and drops carriage returns at the end of a line. Bytes that are no UTF-8, as in scripts of
// Latin-1, and carriage returns pass through it as characters of a private plane; so does the text of an expansion that it
// can't read.
const (
	rawBytes = 0x10fe00
	badBytes = 0x10fd00
)

// validText stands characters in for the bytes of text that the parser does not take.
func validText(text string) (valid string, changed bool) {
	if utf8.ValidString(text) && strings.IndexByte(text, '\r') < 0 {
		return text, false
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == '\r' || r == utf8.RuneError && n == 1 {
			b.WriteRune(rawBytes + rune(text[i]))
		} else {
			b.WriteString(text[i : i+n])
		}
		i += n
	}
	return b.String(), true
}

// disguised is text as characters that mean nothing to the parser.
func disguised(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteRune(badBytes + rune(text[i]))
	}
	return b.String()
}

// undisguised gives back the bytes that characters above base stand for.
func undisguised(text string, base rune) string {
	var b strings.Builder
	for _, r := range text {
		if r >= base && r < base+0x100 {
			b.WriteByte(byte(r - base))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// rawNodes gives the literals below n the bytes back that validText took.
func rawNodes(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Lit:
			n.Value = undisguised(n.Value, rawBytes)
		case *syntax.SglQuoted:
			n.Value = undisguised(n.Value, rawBytes)
		}
		return true
	})
}

// plainSubstitution makes of ${…} that the parser can't read one that reports a bad substitution when it is expanded, if it
// ever is.
func plainSubstitution(text string, from, at int, msg string) (rest string, ok bool) {
	known := strings.HasPrefix(text[min(at, len(text)):], "[]")
	for _, s := range []string{"parameter", "expansion", "without matching `${`", "cannot be followed by a word", "not in the language"} {
		known = known || strings.Contains(msg, s)
	}
	if !known || strings.Contains(msg, "arithmetic") {
		return "", false
	}
	i := min(at+2, len(text))
	if strings.Contains(msg, "operator") || strings.Contains(msg, "cannot be followed") {
		i = at // of what is behind the parameter
	} else if strings.HasPrefix(text[min(at, len(text)):], "[]") {
		i = at
	}
	end := -1
	for end < at {
		if i = strings.LastIndex(text[:i], "${"); i < from {
			return "", false
		}
		end = matchBrace(text, i+2)
	}
	return text[from:i] + "${_?" + disguised(text[i:end+1]) + "}" + strings.Repeat("\\\n", strings.Count(text[i:end], "\n")) + text[end+1:], true
}

// matchBrace finds the brace that closes the one in front of offset i; -1: there is none.
func matchBrace(text string, i int) int {
	depth := 1
	for ; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '`':
			if i = skipQuoted(text, i); i < 0 {
				return -1
			}
		case '{':
			if text[i-1] == '$' {
				depth++
			}
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// badSubstitution is the text of an expansion that plainSubstitution disguised.
func badSubstitution(p *syntax.ParamExp) (text string, ok bool) {
	if p.Exp == nil || p.Exp.Op != syntax.ErrorUnset || p.Exp.Word == nil {
		return "", false
	}
	lit := p.Exp.Word.Lit()
	r, _ := utf8.DecodeRuneInString(lit)
	return undisguised(lit, badBytes), r >= badBytes && r < badBytes+0x100
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
