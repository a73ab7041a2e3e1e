package lint

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"s6box/execline/lex"
)

// Format lays a script out: two spaces a block, one between words, at most one empty line. Line breaks,
// comments and the spelling of words stay. The script means what it meant; formatting it again changes nothing.
// A script that can't be read is a *lex.Error.
func Format(src []byte) ([]byte, error) {
	if bytes.IndexByte(src, 0) >= 0 {
		return nil, errors.New("the script holds a NUL byte, which ends it")
	}
	before, err := lex.Parse(src)
	if err != nil {
		return nil, err
	}
	tokens, err := lex.Tokens(src)
	if err != nil {
		return nil, err
	}
	out := layOut(src, tokens)
	if after, err := lex.Parse(out); err != nil || !slices.Equal(before, after) {
		return nil, errors.New("the script would not mean the same once formatted")
	}
	return out, nil
}

const indent = "  "

func layOut(src []byte, tokens []lex.Token) []byte {
	var out bytes.Buffer
	depth, end := 0, 0
	for i, t := range tokens {
		switch breaks := bytes.Count(src[end:t.Off], []byte("\n")); {
		case i == 0:
		case breaks == 0:
			out.WriteByte(' ')
		default:
			out.WriteString("\n\n"[:min(breaks, 2)])
			out.WriteString(strings.Repeat(indent, max(0, depth-leadingCloses(src, tokens[i:]))))
		}
		out.Write(spelling(src, t))
		switch t.Kind {
		case lex.Open:
			depth++
		case lex.Close:
			depth--
		}
		end = t.End
	}
	if out.Len() > 0 {
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// leadingCloses counts the blocks that end at the beginning of a line.
func leadingCloses(src []byte, tokens []lex.Token) int {
	for i, t := range tokens {
		if t.Kind != lex.Close || i > 0 && bytes.IndexByte(src[tokens[i-1].End:t.Off], '\n') >= 0 {
			return i
		}
	}
	return len(tokens)
}

// spelling is how a token is written. The end of the script may close a string in place of its quote; a
// comment loses its blank end.
func spelling(src []byte, t lex.Token) []byte {
	text := src[t.Off:t.End]
	if t.Kind == lex.Comment {
		return bytes.TrimRight(text, " \t\r")
	}
	if t.Kind == lex.Word && t.End == len(src) {
		closed := append(slices.Clone(text), '"', '\n')
		if words, err := lex.Parse(closed); err == nil && len(words) == 1 && words[0] == t.Text {
			return closed[:len(closed)-1]
		}
	}
	return text
}
