package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// trace prints a line of set -x behind PS4, whose first character is repeated inside evals and substitutions.
func (sh *Shell) trace(text string) {
	set := sh.opts.set
	sh.opts.set &^= xTrace
	prompt, _ := sh.prompt(sh.value("PS4"))
	if w, err := sh.parser().Document(strings.NewReader(prompt)); err == nil {
		if out, err := sh.document(w); err == nil {
			prompt = out
		}
	}
	sh.opts.set = set
	if prompt != "" {
		prompt = strings.Repeat(prompt[:1], sh.nested) + prompt
	}
	out := 2
	if n, ok := parseInt(sh.value("BASH_XTRACEFD")); ok {
		out = n
	}
	sh.write(out, prompt+text+"\n")
}

func (sh *Shell) traceCommand(assigns []*syntax.Assign, words []string) {
	var parts []string
	for _, a := range assigns {
		value, _ := sh.assigned(a.Value)
		sh.trace(a.Name.Value + "=" + quoteTrace(value))
	}
	for _, w := range words {
		parts = append(parts, quoteTrace(w))
	}
	sh.trace(strings.Join(parts, " "))
}

func (sh *Shell) traceAssign(a *syntax.Assign, r ref, value string) {
	name := r.name
	if r.sub {
		name += "[" + r.index + "]"
	}
	op := "="
	if a.Append {
		op = "+="
	}
	if value == "" {
		sh.trace(name + op)
		return
	}
	sh.trace(name + op + quoteTrace(value))
}

func (sh *Shell) traceWords(iter *syntax.WordIter, items []string) string {
	if !iter.InPos.IsValid() {
		return `"$@"`
	}
	var parts []string
	for _, w := range iter.Items {
		parts = append(parts, sh.wordCode(w))
	}
	return strings.Join(parts, " ")
}

// traceTest is the line of a condition in [[ … ]].
func (sh *Shell) traceTest(words ...string) {
	if !sh.opts.has(xTrace) {
		return
	}
	for i, w := range words {
		if w == "" {
			words[i] = "''"
		} else if strings.ContainsAny(w, " \t\n'") {
			words[i] = quoteTrace(w)
		}
	}
	sh.trace("[[ " + strings.Join(words, " ") + " ]]")
}

// prompt expands the backslash escapes of a prompt string: the few that make sense without a terminal.
func (sh *Shell) prompt(s string) (string, error) {
	if !strings.Contains(s, "\\") {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		b.WriteString(sh.promptEscape(s[i]))
	}
	return b.String(), nil
}

func (sh *Shell) promptEscape(c byte) string {
	home := sh.value("HOME")
	switch c {
	case 'u':
		return sh.userName()
	case 'h':
		host, _, _ := strings.Cut(sh.value("HOSTNAME"), ".")
		return host
	case 'H':
		return sh.value("HOSTNAME")
	case 'w':
		return shortHome(sh.value("PWD"), home)
	case 'W':
		dir := shortHome(sh.value("PWD"), home)
		if i := strings.LastIndexByte(dir, '/'); i >= 0 && dir != "/" {
			return dir[i+1:]
		}
		return dir
	case 's':
		return sh.name[strings.LastIndexByte(sh.name, '/')+1:]
	case 'v':
		return "5.2"
	case 'V':
		return "5.2.37"
	case '$':
		if sh.value("EUID") == "0" {
			return "#"
		}
		return "$"
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 'a':
		return "\a"
	case 'e':
		return "\x1b"
	case '[', ']':
		return ""
	case '\\':
		return "\\"
	}
	return "\\" + string(c)
}
