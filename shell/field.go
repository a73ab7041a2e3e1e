package shell

import (
	"strings"
	"unicode/utf8"

	"s6box/shell/pattern"
)

// field is a word under expansion: its text, and which parts of it were quoted.
type field struct {
	text  []byte
	marks []mark
}

// escaped is the text with a backslash in front of every character that is quoted.
func (f *field) escaped() string {
	var b strings.Builder
	at := 0
	for _, m := range f.marks {
		for _, r := range string(f.text[at:m.end]) {
			if m.quoted {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		at = m.end
	}
	return b.String()
}

// mark says up to where the text is quoted, or not.
type mark struct {
	end    int
	quoted bool
}

func (f *field) add(s string, quoted bool) {
	f.text = append(f.text, s...)
	if n := len(f.marks); n > 0 && f.marks[n-1].quoted == quoted {
		f.marks[n-1].end = len(f.text)
		return
	}
	f.marks = append(f.marks, mark{len(f.text), quoted})
}

func (f *field) String() string { return string(f.text) }

// pattern is the field as a pattern, in which what was quoted stands for itself.
func (f *field) pattern() string {
	if len(f.marks) == 1 && !f.marks[0].quoted {
		return string(f.text)
	}
	var b strings.Builder
	start := 0
	for _, m := range f.marks {
		if part := string(f.text[start:m.end]); m.quoted {
			b.WriteString(pattern.Quote(part))
		} else {
			b.WriteString(part)
		}
		start = m.end
	}
	return b.String()
}

// meta tells whether an unquoted part has a character that pathname expansion looks for.
func (f *field) meta() bool {
	start := 0
	for _, m := range f.marks {
		if !m.quoted && strings.ContainsAny(string(f.text[start:m.end]), "*?[(\\") {
			return true
		}
		start = m.end
	}
	return false
}

// builder collects the fields that words expand to.
type builder struct {
	sh     *Shell
	split  bool // field splitting applies; otherwise there is one field
	done   []*field
	cur    *field
	open   bool // cur counts even when it is empty
	ifs    string
	assign bool // the word is the value of an assignment: "~" after ":"
	empty  bool // there was a "$@" without elements
}

func (sh *Shell) newBuilder(split bool) *builder {
	b := &builder{sh: sh, split: split, cur: &field{}, ifs: " \t\n"}
	if ifs, ok := sh.get("IFS"); ok {
		b.ifs = ifs
	}
	return b
}

// put adds text that is not split.
func (b *builder) put(s string, quoted bool) {
	if quoted {
		b.open = true
	}
	if s != "" {
		b.cur.add(s, quoted)
		b.open = true
	}
}

// next ends the current field.
func (b *builder) next() {
	b.done = append(b.done, b.cur)
	b.cur, b.open = &field{}, false
}

// fields ends the word.
func (b *builder) fields() []*field {
	if b.open {
		b.next()
	}
	out := b.done
	b.done = nil
	b.cur, b.open = &field{}, false
	return out
}

// whole is the only field of a word that is not split.
func (b *builder) whole() *field {
	if len(b.done) == 0 {
		return b.cur
	}
	out := &field{}
	for i, f := range append(b.done, b.cur) {
		if i > 0 {
			out.add(" ", false)
		}
		start := 0
		for _, m := range f.marks {
			out.add(string(f.text[start:m.end]), m.quoted)
			start = m.end
		}
	}
	return out
}

// expanded adds the unquoted result of an expansion, which is split at the characters of IFS.
func (b *builder) expanded(s string) {
	if !b.split || b.ifs == "" {
		b.put(s, false)
		return
	}
	start := 0
	for i := 0; i < len(s); {
		n := b.separator(s[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
			continue
		}
		b.put(s[start:i], false)
		i += b.delimiter(s[i:])
		start = i
	}
	b.put(s[start:], false)
}

// separator returns the length of the IFS character at the start of s, or 0.
func (b *builder) separator(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		if strings.IndexByte(b.ifs, s[0]) >= 0 {
			return 1
		}
		return 0
	}
	if strings.ContainsRune(b.ifs, r) {
		return n
	}
	return 0
}

// delimiter consumes one delimiter at the start of s: IFS white space around at most one other IFS
// character. White space alone ends a field that has begun; the other character ends even an empty one.
func (b *builder) delimiter(s string) int {
	i := b.blanks(s)
	if i < len(s) {
		if n := b.separator(s[i:]); n > 0 {
			i += n
			i += b.blanks(s[i:])
			b.next()
			return i
		}
	}
	if b.open {
		b.next()
	}
	return i
}

func (b *builder) blanks(s string) int {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n') && strings.IndexByte(b.ifs, s[i]) >= 0 {
		i++
	}
	return i
}

// elements adds the values of "$@", $*, "${a[@]}"…: each is a field of its own.
func (b *builder) elements(list []string, quoted bool) {
	b.empty = b.empty || len(list) == 0
	if first := b.separatorText(); b.split && !quoted && first != "" && strings.Trim(first, " \t\n") != "" && len(list) > 1 {
		b.expanded(strings.Join(list, first)) // empty ones count
		return
	}
	for i, s := range list {
		if i > 0 {
			switch {
			case b.split && (b.open || quoted):
				b.next()
			case !b.split:
				b.put(" ", false)
			}
		}
		if quoted {
			b.put(s, true)
		} else {
			b.expanded(s)
		}
	}
}
