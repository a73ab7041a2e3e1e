package dnsclient

import (
	"fmt"
	"strings"
)

// line is a line that a filter prints: what it asks for or, of a line that it does not process, the line; the answer or why
// there is none; the blank and the rest behind the question.
type line struct {
	subject, answer, failure string
	blank, rest              string
}

// format is how a filter prints a line: %s, %d, %e, %w and %r are its parts.
type format string

func (f format) check() error {
	text := string(f)
	for {
		_, after, found := strings.Cut(text, "%")
		if !found {
			return nil
		}
		if after == "" || !strings.Contains("%sdewr", after[:1]) {
			return fmt.Errorf("format %q: %%%.1s stands for nothing", string(f), after)
		}
		text = after[1:]
	}
}

func (f format) append(out []byte, l *line) []byte {
	for i := 0; i < len(f); i++ {
		if f[i] != '%' || i+1 == len(f) {
			out = append(out, f[i])
			continue
		}
		i++
		switch f[i] {
		case '%':
			out = append(out, '%')
		case 's':
			out = append(out, l.subject...)
		case 'd':
			out = append(out, l.answer...)
		case 'e':
			out = append(out, l.failure...)
		case 'w':
			out = append(out, l.blank...)
		case 'r':
			out = append(out, l.rest...)
		}
	}
	return append(out, '\n')
}
