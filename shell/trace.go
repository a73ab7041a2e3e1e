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

func (sh *Shell) traceCommand(words []string) {
	if !sh.opts.has(xTrace) {
		return
	}
	var parts []string
	for _, w := range words {
		parts = append(parts, quoteTrace(w))
	}
	sh.trace(strings.Join(parts, " "))
}

// traceElems is the line of an array that a declaration gives a variable.
func (sh *Shell) traceElems(item declItem, elems []elem, assoc bool) {
	if !sh.opts.has(xTrace) {
		return
	}
	var words []string
	for _, e := range elems {
		word := quoteSingle(e.value)
		if e.sub {
			key := e.index
			if assoc {
				key = quoteSingle(key)
			}
			word = "[" + key + "]=" + word
		}
		words = append(words, word)
	}
	op := "=("
	if item.add {
		op = "+=("
	}
	sh.trace(item.name + op + strings.Join(words, " ") + ")")
}

func (sh *Shell) traceAssign(a *syntax.Assign, r ref, value string) {
	sh.traceValue(r, value, a.Append)
}

func (sh *Shell) traceValue(r ref, value string, add bool) {
	name := r.String()
	op := "="
	if add {
		op = "+="
	}
	if value == "" {
		sh.trace(name + op)
		return
	}
	sh.trace(name + op + quoteTrace(value))
}

func (sh *Shell) traceWords(iter *syntax.WordIter) string {
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
func (sh *Shell) traceTest(negated bool, words ...string) {
	if !sh.opts.has(xTrace) {
		return
	}
	for i, w := range words {
		if w == "" {
			words[i] = "''"
		}
	}
	open := "[[ "
	if negated {
		open += "! "
	}
	sh.trace(open + strings.Join(words, " ") + " ]]")
}
