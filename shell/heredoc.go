package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/sys"
)

// smallText is what surely fits in a pipe.
const smallText = 4096

// text makes number n read s.
func (r *redirection) text(n int, s string) error {
	f, err := textFile(s)
	if err != nil {
		return &failure{msg: "cannot create temp file for here-document: " + reason(err), code: 1}
	}
	r.set(n, f)
	return nil
}

// textFile is a file that reads s.
func textFile(s string) (*file, error) {
	if len(s) > smallText {
		fd, err := sys.MemFile(s)
		if err != nil {
			return nil, err
		}
		return newFile(fd)
	}
	in, out, err := pipe()
	if err != nil {
		return nil, err
	}
	defer out.release()
	if err := sys.WriteAll(out.fd, []byte(s)); err != nil {
		in.release()
		return nil, err
	}
	return in, nil
}

// heredoc is the text of a here-document.
func (sh *Shell) heredoc(rd *syntax.Redirect) (string, error) {
	if rd.Hdoc == nil {
		return "", nil
	}
	body := rd.Hdoc
	if rd.Op == syntax.DashHdoc {
		body = stripTabs(body)
	}
	if quotedDelimiter(rd.Word) {
		if text, ok := literalText(body); ok {
			return text, nil
		}
	}
	return sh.document(body)
}

// literalText is the text of a word that has nothing but literals.
func literalText(w *syntax.Word) (string, bool) {
	var b strings.Builder
	for _, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok {
			return "", false
		}
		b.WriteString(lit.Value)
	}
	return b.String(), true
}

// quotedDelimiter tells whether a part of the word that ends a here-document is quoted: its text is taken as it is.
func quotedDelimiter(w *syntax.Word) bool {
	for _, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok || strings.Contains(lit.Value, "\\") {
			return true
		}
	}
	return false
}

// stripTabs removes the tabs that lines of a here-document begin with.
func stripTabs(w *syntax.Word) *syntax.Word {
	out := &syntax.Word{}
	start := true
	for _, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok {
			out.Parts = append(out.Parts, p)
			start = false
			continue
		}
		var b strings.Builder
		for line := range strings.Lines(lit.Value) {
			if start {
				line = strings.TrimLeft(line, "\t")
			}
			b.WriteString(line)
			start = strings.HasSuffix(line, "\n")
		}
		out.Parts = append(out.Parts, &syntax.Lit{Value: b.String()})
	}
	return out
}
