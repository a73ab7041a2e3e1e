package shell

import (
	"fmt"
	"strings"
)

// parsable rewrites what the parser reads in another way, or not at all, and where an error would come too late:
//   - the apostrophes of "${name-it's}", which are plain text for sh: in double quotes and in here-documents, behind the
//     operators - = ? and +. The parser takes them for quotes, as bash does. They become "'".
//   - $(cat <<EOF … EOF), where the parenthesis stands behind the word that ends the document. It moves to a line of its own.
//
// late are the warnings of the latter, for when the line is read.
func (u *unit) parsable(text string, posix bool) (out string, late []warning) {
	posix = posix && strings.Contains(text, "'") && strings.Contains(text, "${")
	if !posix && !(strings.Contains(text, "<<") && strings.Contains(text, "(")) {
		return text, nil
	}
	q := quoteReader{text: text, posix: posix}
	q.code("")
	if q.from == 0 {
		return text, nil
	}
	for i, w := range q.late {
		u.parted = append(u.parted, u.base+w.line+i+1)
		q.late[i].line += u.base
		q.late[i].of += u.base
	}
	return q.out.String() + text[q.from:], q.late
}

// warning is one about a here-document that ends in the given line of the script without its word alone there.
type warning struct {
	line int
	of   int // the line that it begins behind
	word string
}

func (w warning) String() string {
	return fmt.Sprintf("warning: here-document at line %d delimited by end-of-file (wanted `%s')", w.of, w.word)
}

// quoteReader walks through a script. Its methods read on from what opens something to behind what closes it.
type quoteReader struct {
	text      string
	at        int
	out       strings.Builder // the text up to from, rewritten
	from      int
	documents []document // that begin behind the next newline
	posix     bool
	inside    int // substitutions that are open
	late      []warning
}

// document is a here-document.
type document struct {
	end    string
	tabs   bool // may stand in front of end
	quoted bool
}

// code reads commands up to one of the bytes of end.
func (q *quoteReader) code(end string) {
	cases := 0 // open ones: the parenthesis behind a pattern closes nothing
	for q.at < len(q.text) {
		c := q.text[q.at]
		switch {
		case c == ')' && cases > 0:
			q.at++
		case strings.IndexByte(end, c) >= 0:
			q.at++
			return
		case q.word("case"):
			cases++
		case q.word("esac"):
			cases--
		case c == '\'':
			q.skipTo('\'')
		case c == '#' && (q.at == 0 || strings.IndexByte(" \t\n;&|()", q.text[q.at-1]) >= 0):
			for q.at < len(q.text) && q.text[q.at] != '\n' {
				q.at++
			}
		case c == '(' && q.at > 0 && (q.text[q.at-1] == '<' || q.text[q.at-1] == '>'):
			q.at++
			q.substitution()
		case c == '(':
			q.at++
			q.code(")")
		case c == '\n':
			q.at++
			q.bodies()
		case strings.HasPrefix(q.text[q.at:], "<<") && !strings.HasPrefix(q.text[q.at:], "<<<"):
			q.announce()
		case c == '"':
			q.at++
			q.quoted('"', len(q.text))
		default:
			q.common(false)
		}
	}
}

// word reads a word of the shell's own, if it stands here.
func (q *quoteReader) word(name string) bool {
	rest, ok := strings.CutPrefix(q.text[q.at:], name)
	const apart = " \t\n;&|()"
	if !ok || q.at > 0 && strings.IndexByte(apart, q.text[q.at-1]) < 0 || rest != "" && strings.IndexByte(apart, rest[0]) < 0 {
		return false
	}
	q.at += len(name)
	return true
}

// quoted reads the inside of double quotes up to end, or of a here-document up to the offset limit.
func (q *quoteReader) quoted(end byte, limit int) {
	for q.at < limit {
		if end != 0 && q.text[q.at] == end {
			q.at++
			return
		}
		q.common(true)
	}
}

// common reads what means the same in and outside of double quotes, or one byte.
func (q *quoteReader) common(quoted bool) {
	rest := q.text[q.at:]
	switch {
	case rest[0] == '\\':
		q.at = min(q.at+2, len(q.text))
	case rest[0] == '`':
		q.at++
		q.code("`")
	case strings.HasPrefix(rest, "$(("):
		q.at += 3
		q.arithmetic()
	case strings.HasPrefix(rest, "$("):
		q.at += 2
		q.substitution()
	case strings.HasPrefix(rest, "${"):
		q.at += 2
		q.expansion(quoted)
	default:
		q.at++
	}
}

// substitution reads what stands behind $( and its like.
func (q *quoteReader) substitution() {
	q.inside++
	q.code(")")
	q.inside--
}

// arithmetic reads what stands behind $((.
func (q *quoteReader) arithmetic() {
	for depth := 2; depth > 0 && q.at < len(q.text); {
		switch q.text[q.at] {
		case '(':
			depth++
		case ')':
			depth--
		default:
			q.common(true)
			continue
		}
		q.at++
	}
}

// expansion reads what stands behind ${.
func (q *quoteReader) expansion(quoted bool) {
	for q.at < len(q.text) && (nameByte(q.text[q.at]) || strings.IndexByte("!@*$", q.text[q.at]) >= 0) {
		q.at++
	}
	op := strings.TrimPrefix(q.text[q.at:], ":")
	plain := q.posix && quoted && op != "" && strings.IndexByte("-=?+", op[0]) >= 0
	for q.at < len(q.text) {
		switch c := q.text[q.at]; {
		case c == '}':
			q.at++
			return
		case c == '"':
			q.at++
			q.quoted('"', len(q.text))
		case c == '\'' && plain:
			q.out.WriteString(q.text[q.from:q.at] + `"'"`)
			q.at++
			q.from = q.at
		case c == '\'':
			q.skipTo('\'')
		default:
			q.common(plain)
		}
	}
}

// skipTo reads up to the next c behind this byte.
func (q *quoteReader) skipTo(c byte) {
	n := strings.IndexByte(q.text[q.at+1:], c)
	if n < 0 {
		n = len(q.text) - q.at - 2
	}
	q.at += n + 2
}

// announce reads << and the word behind it.
func (q *quoteReader) announce() {
	q.at += 2
	d := document{tabs: strings.HasPrefix(q.text[q.at:], "-")}
	if d.tabs {
		q.at++
	}
	q.at += len(q.text[q.at:]) - len(strings.TrimLeft(q.text[q.at:], " \t"))
	for q.at < len(q.text) && strings.IndexByte(" \t\n;&|()<>", q.text[q.at]) < 0 {
		switch c := q.text[q.at]; c {
		case '\\':
			d.quoted = true
		case '\'', '"':
			d.quoted = true
			start := q.at + 1
			q.skipTo(c)
			d.end += q.text[start:max(start, q.at-1)]
			continue
		default:
			d.end += string(c)
		}
		q.at++
	}
	q.documents = append(q.documents, d)
}

// bodies reads the here-documents that begin here.
func (q *quoteReader) bodies() {
	documents := q.documents
	q.documents = nil
	for _, d := range documents {
		limit, parted := q.at, false
		for line := range strings.Lines(q.text[q.at:]) {
			limit += len(line)
			word := strings.TrimSuffix(line, "\n")
			if d.tabs {
				word = strings.TrimLeft(word, "\t")
			}
			if word == d.end {
				break
			}
			if rest, ok := strings.CutPrefix(word, d.end); ok && q.inside > 0 && d.end != "" && strings.HasPrefix(strings.TrimLeft(rest, " \t"), ")") {
				limit -= len(rest) + len(line) - len(strings.TrimSuffix(line, "\n"))
				parted = true
				break
			}
		}
		if parted {
			q.late = append(q.late, warning{1 + strings.Count(q.text[:limit], "\n"), strings.Count(q.text[:q.at], "\n"), d.end})
		}
		if !d.quoted {
			q.quoted(0, limit)
		}
		q.at = max(q.at, limit)
		if parted {
			q.out.WriteString(q.text[q.from:q.at] + "\n")
			q.from = q.at
		}
	}
}
