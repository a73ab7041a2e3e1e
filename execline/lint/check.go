package lint

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"s6box/execline/lex"
)

// Finding is something wrong at a place of a script. Line and Col count from 1.
type Finding struct {
	Line, Col int
	Msg       string
}

// Check returns what is surely wrong in a script, in order. usage returns the usage line of a command of ours
// without its name, and "" for what is no such command. bare says that the script is run with execlineb -P
// even if its first line doesn't say so.
func Check(src []byte, usage func(command string) string, bare bool) []Finding {
	if _, err := lex.Parse(src); err != nil {
		bad := err.(*lex.Error)
		msg := bad.Kind
		if bad.Detail != "" {
			msg += ": " + bad.Detail
		}
		return []Finding{{bad.Line, bad.Col, msg}}
	}
	return append(unreadable(src), findings(src, usage, bare)...)
}

// unreadable tells of bytes that make another script of this one than it seems to be.
func unreadable(src []byte) (found []Finding) {
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		found = append(found, Finding{1, 1, "a byte order mark is in front: it is part of the first word"})
	}
	if i := bytes.IndexByte(src, 0); i >= 0 && len(bytes.TrimRight(src[i:], "\x00 \t\r\n")) > 0 {
		line, col := lex.Position(src, i)
		found = append(found, Finding{line, col, "a NUL byte ends the script here"})
	}
	return found
}

func findings(src []byte, usage func(command string) string, bare bool) []Finding {
	items := parse(src)
	c := checker{src: src, usage: usage, vars: newVariables(items)}
	c.instruction(items)
	if mode := frameOf(src, bare); mode != unknownFrame {
		if mode == substituted {
			c.vars.positionals = true
		}
		c.references(items)
	}
	c.operators(items)
	return c.places()
}

type checker struct {
	src   []byte
	usage func(string) string
	vars  *variables
	found []complaint
}

// complaint is a Finding whose place is an offset in the source.
type complaint struct {
	off int
	msg string
}

func (c *checker) report(off int, format string, args ...any) {
	c.found = append(c.found, complaint{off, fmt.Sprintf(format, args...)})
}

// places sorts what was found, and counts the lines and columns on the way.
func (c *checker) places() []Finding {
	slices.SortStableFunc(c.found, func(a, b complaint) int { return cmp.Compare(a.off, b.off) })
	found := make([]Finding, len(c.found))
	line, col, at := 1, 1, 0
	for i, f := range c.found {
		between := c.src[at:f.off]
		if end := bytes.LastIndexByte(between, '\n'); end >= 0 {
			line, col = line+bytes.Count(between, []byte("\n")), 1
			between = between[end+1:]
		}
		col, at = col+utf8.RuneCount(between), f.off
		found[i] = Finding{line, col, f.msg}
	}
	return found
}

// call is one command with its options and arguments.
type call struct {
	name    string
	sig     signature
	options map[byte]bool // that were given
	unsure  bool          // a substitution may stand for another number of words
}

// instruction checks a command line. What nobody here knows may go on with its own arguments: they are not checked,
// but define variables.
func (c *checker) instruction(items []item) {
	for len(items) > 0 {
		rest, ok := c.command(items)
		if !ok {
			c.foreign(rest)
			return
		}
		items = rest
	}
}

// command checks the command that items begin with and returns those behind it; ok is false where they are not known
// to be a command line.
func (c *checker) command(items []item) (rest []item, ok bool) {
	head := items[0]
	usage := c.usageOf(head)
	if usage == "" {
		return items, false
	}
	k := call{name: head.word, sig: parseUsage(usage), options: make(map[byte]bool)}
	args, ok := c.takeOptions(&k, items[1:])
	if !ok {
		return items[1:], false
	}
	if rest, ok = c.takeParams(&k, head, args); !ok {
		return args, false
	}
	c.vars.define(&k, args)
	return rest, k.sig.chain && !k.sig.vague
}

// usageOf is the usage line of the command of ours that a word stands for, or "". A path says which program it is.
func (c *checker) usageOf(head item) string {
	if head.isBlock {
		return ""
	}
	dir, name := path.Split(head.word)
	switch {
	case name == "sh" || name == "bash":
		return "" // the image's own, as a rule
	case dir == "", dir == "/command/", dir == "/bin/", dir == "/usr/bin/", strings.HasPrefix(dir, "/package/"):
		return c.usage(name)
	}
	return ""
}

// foreign takes note of the variables that are defined somewhere in items.
func (c *checker) foreign(items []item) {
	for i, it := range items {
		if it.isBlock {
			c.foreign(it.block)
			continue
		}
		usage := c.usage(path.Base(it.word))
		if usage == "" {
			continue
		}
		quiet := checker{src: c.src, usage: c.usage, vars: c.vars}
		k := call{name: it.word, sig: parseUsage(usage), options: make(map[byte]bool)}
		if args, ok := quiet.takeOptions(&k, items[i+1:]); ok {
			c.vars.define(&k, args)
		}
	}
}

// takeOptions passes over the options in front of items.
func (c *checker) takeOptions(k *call, items []item) (rest []item, ok bool) {
	for k.sig.options != nil && len(items) > 0 && !items[0].isBlock {
		w := items[0]
		k.unsure = k.unsure || strings.HasPrefix(w.word, "$") // may be an option
		if len(w.word) < 2 || w.word[0] != '-' {
			break
		}
		items = items[1:]
		if w.word == "--" {
			break
		}
		if strings.HasPrefix(w.word, "--") {
			continue
		}
		for i := 1; i < len(w.word); i++ {
			value, known := k.sig.options[w.word[i]]
			if w.word[i] == '$' {
				return nil, false
			}
			if !known {
				c.report(w.off, "%s has no option -%c", k.name, w.word[i])
				return nil, false
			}
			k.options[w.word[i]] = true
			if !value {
				continue
			}
			if i+1 == len(w.word) {
				if len(items) == 0 || items[0].isBlock {
					c.report(w.off, "%s: option -%c wants a value", k.name, w.word[i])
					return nil, false
				}
				items = items[1:]
			}
			break
		}
	}
	return items, true
}

// takeParams passes over the arguments that must be there, and checks the blocks among them.
func (c *checker) takeParams(k *call, head item, items []item) (rest []item, ok bool) {
	for _, p := range k.params() {
		if len(items) == 0 {
			if !k.unsure && !k.sig.vague && (p != word || k.sig.chain) {
				c.report(head.off, "%s wants %s", k.name, what(p))
			}
			return nil, false
		}
		next := items[0]
		if next.isBlock != (p != word) {
			if p == word || k.unsure || strings.Contains(next.word, "$") {
				return nil, false
			}
			c.report(next.off, "%s wants %s here and gets %s", k.name, what(p), lex.Quote(next.word))
			return nil, false
		}
		items = items[1:]
		k.unsure = k.unsure || strings.Contains(next.word, "$")
		switch p {
		case instruction:
			c.instruction(next.block)
		case directives:
			c.directives(next.block)
		case cases:
			for _, part := range next.block {
				c.instruction(part.block)
			}
		}
	}
	if len(items) == 0 && k.needsProg() {
		c.report(head.off, "%s: nothing follows for it to execute", k.name)
	}
	return items, true
}

// params are the arguments that must be there with the options that were given.
func (k *call) params() []param {
	if path.Base(k.name) == "importas" && k.options['S'] {
		return k.sig.params[1:]
	}
	return k.sig.params
}

// needsProg tells whether the command is an error without something to execute. Those of s6 are not all as
// strict as their usage lines.
func (k *call) needsProg() bool {
	if !k.sig.must || k.sig.vague || k.unsure || len(k.sig.params) == 0 || strings.HasPrefix(path.Base(k.name), "s6-") {
		return false
	}
	for _, p := range k.sig.params {
		if p != word {
			return false
		}
	}
	return true
}

func what(p param) string {
	if p == word {
		return "more arguments"
	}
	return "a block"
}

// directives checks the block of multisubstitute.
func (c *checker) directives(items []item) {
	for len(items) > 0 {
		head := items[0]
		switch head.word {
		case "define", "importas", "elglob", "elgetpositionals", "multidefine":
		default:
			if !strings.Contains(head.word, "$") {
				hint := ""
				if head.word == "import" {
					hint = " any more: for import X write importas X X"
				}
				c.report(head.off, "multisubstitute has no directive %s%s", lex.Quote(head.word), hint)
			}
			return
		}
		k := call{name: head.word, sig: parseUsage(c.usage(head.word)), options: make(map[byte]bool)}
		k.sig.chain, k.sig.must = false, false
		args, ok := c.takeOptions(&k, items[1:])
		if !ok {
			return
		}
		if items, ok = c.takeParams(&k, head, args); !ok {
			return
		}
		c.vars.define(&k, args)
	}
}
