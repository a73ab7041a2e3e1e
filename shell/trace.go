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
