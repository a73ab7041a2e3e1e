package shell

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ansiC decodes the text of $'…'.
func ansiC(s string) string {
	out, _ := escapes(s, escANSI)
	if i := strings.IndexByte(out, 0); i >= 0 {
		out = out[:i]
	}
	return out
}

// escapeStyle says which escapes a text knows.
type escapeStyle uint8

const (
	escANSI   escapeStyle = iota // $'…': \nnn, \cx, \' \" \?
	escEcho                      // echo -e and %b: \0nnn, \c ends the output
	escB                         // printf's %b: \0nnn and \nnn
	escPrintf                    // printf's format: \nnn, and \c is no escape
)

// escapes decodes backslash escapes; stop says that \c ended the output.
func escapes(s string, style escapeStyle) (out string, stop bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, false
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		if s[i+1] == 'c' && (style == escEcho || style == escB) {
			return b.String(), true
		}
		n := escape(&b, s[i+1:], style)
		i += 1 + n
	}
	return b.String(), false
}

const (
	simpleEscapes = "abeEfnrtv\\"
	simpleValues  = "\a\b\x1b\x1b\f\n\r\t\v\\"
)

// escape writes what the escape at the start of s, behind the backslash, stands for. It returns its length.
func escape(b *strings.Builder, s string, style escapeStyle) int {
	c := s[0]
	if i := strings.IndexByte(simpleEscapes, c); i >= 0 {
		b.WriteByte(simpleValues[i])
		return 1
	}
	switch {
	case strings.IndexByte("'\"?", c) >= 0 && (style == escANSI || style == escPrintf):
		b.WriteByte(c)
		return 1
	case c == 'x':
		return hexEscape(b, s, 2)
	case c == 'u':
		return hexEscape(b, s, 4)
	case c == 'U':
		return hexEscape(b, s, 8)
	case c == 'c' && style == escANSI && len(s) > 1:
		b.WriteByte(control7(s[1]))
		return 2
	case c == '0' && (style == escEcho || style == escB):
		n, value := octalDigits(s[1:], 3)
		b.WriteByte(value)
		return 1 + n
	case '0' <= c && c <= '7' && style != escEcho:
		n, value := octalDigits(s, 3)
		b.WriteByte(value)
		return n
	}
	b.WriteByte('\\')
	b.WriteByte(c)
	return 1
}

func control7(c byte) byte {
	if c == '?' {
		return 0x7f
	}
	return c & 0x1f
}

func octalDigits(s string, most int) (n int, value byte) {
	for n < most && n < len(s) && '0' <= s[n] && s[n] <= '7' {
		value = value<<3 | (s[n] - '0')
		n++
	}
	return n, value
}

func hexEscape(b *strings.Builder, s string, most int) int {
	value, n := rune(0), 1
	for n <= most && n < len(s) {
		d := strings.IndexByte("0123456789abcdef", s[n]|0x20)
		if s[n] >= '0' && s[n] <= '9' {
			d = int(s[n] - '0')
		}
		if d < 0 {
			break
		}
		value = value<<4 | rune(d)
		n++
	}
	switch {
	case n == 1:
		b.WriteByte('\\')
		b.WriteByte(s[0])
	case most == 2:
		b.WriteByte(byte(value))
	default:
		b.WriteRune(value)
	}
	return n
}

// quoteSingle quotes s with single quotes, or $'…' where it has control characters: ${x@Q}, set, trap.
func quoteSingle(s string) string {
	if unprintable(s) {
		return quoteANSI(s)
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quoteDouble quotes s with double quotes, as declare -p does.
func quoteDouble(s string) string {
	if unprintable(s) {
		return quoteANSI(s)
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if strings.IndexByte("\"\\$`", s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// quoteBackslash quotes s character by character, as printf's %q does.
func quoteBackslash(s string) string {
	if s == "" {
		return "''"
	}
	if unprintable(s) {
		return quoteANSI(s)
	}
	var b strings.Builder
	for i := range len(s) {
		if quotes(s[i], i == 0) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func quotes(c byte, first bool) bool {
	if first && (c == '~' || c == '#') {
		return true
	}
	return strings.IndexByte(" \t\n'\"\\|&;()<>!{}*[]?^$`,", c) >= 0
}

// quoteTrace quotes a word for set -x, if it needs to be.
func quoteTrace(s string) string {
	if s == "" {
		return "''"
	}
	if unprintable(s) && strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == utf8.RuneError }) {
		return quoteANSI(s)
	}
	for i := range len(s) {
		if quotes(s[i], i == 0) && s[i] != ',' {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}

// shown is a name as messages show it.
func shown(name string) string {
	if unprintable(name) {
		return quoteANSI(name)
	}
	return name
}

func notIdentifier(name string) string { return "`" + name + "': not a valid identifier" }

func unprintable(s string) bool {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r < ' ' || r == 0x7f || r == utf8.RuneError && n == 1 {
			return true
		}
		i += n
	}
	return false
}

func quoteANSI(s string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		c := s[i]
		switch at := strings.IndexByte("\a\b\x1b\f\n\r\t\v\\'", c); {
		case at >= 0:
			b.WriteByte('\\')
			b.WriteByte("abEfnrtv\\'"[at])
		case c < ' ' || c == 0x7f || r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	b.WriteByte('\'')
	return b.String()
}
