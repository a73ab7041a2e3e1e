package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// declOptions are the options of declare and its kin.
type declOptions struct {
	cmd     string
	on      flags
	off     flags
	global  bool   // -g
	print   bool   // -p
	funcs   bool   // -f
	names   bool   // -F
	unset   bool   // export -n
	inherit bool   // -I
	keep    bool   // local -: options of set are put back when the function returns
	bad     string // an option there is none
}

func newDeclOptions(cmd string) declOptions {
	o := declOptions{cmd: cmd}
	switch cmd {
	case "readonly":
		o.on = readonly
	case "export":
		o.on = exported
	}
	return o
}

// declItem is one name that a declaration is about.
type declItem struct {
	ref
	assign bool
	add    bool
	value  string
	array  *syntax.ArrayExpr
	done   bool // its array has been assigned
	failed error
}

var attributeLetters = [...]struct {
	letter byte
	flag   flags
}{{'a', isList}, {'A', isAssoc}, {'i', integer}, {'n', nameref}, {'r', readonly}, {'t', traced}, {'x', exported}, {'c', capital}, {'l', lower}, {'u', upper}}

func (o *declOptions) letter(c byte, on bool) bool {
	if (o.cmd == "export" || o.cmd == "readonly") && strings.IndexByte("aAfnp", c) < 0 {
		return false
	}
	switch c {
	case 'g':
		o.global = on
	case 'p':
		o.print = on
	case 'f':
		o.funcs = on
	case 'F':
		o.funcs, o.names = on, on
	case 'I':
		o.inherit = on
	default:
		i := slices.IndexFunc(attributeLetters[:], func(a struct {
			letter byte
			flag   flags
		}) bool {
			return a.letter == c
		})
		if i < 0 {
			return false
		}
		switch {
		case o.cmd == "export" && c == 'n':
			o.unset = true
		case on:
			o.on |= attributeLetters[i].flag
		default:
			o.off |= attributeLetters[i].flag
		}
	}
	return true
}

// options reads a word of options; false: it is none.
func (o *declOptions) options(word string) (isOption bool, bad string) {
	if len(word) < 2 || word[0] != '-' && (word[0] != '+' || o.cmd == "export" || o.cmd == "readonly") {
		return false, ""
	}
	for i := 1; i < len(word); i++ {
		if !o.letter(word[i], word[0] == '-') {
			return true, word[:1] + word[i:i+1]
		}
	}
	return true, ""
}

// declClause runs declare, local, export, readonly and typeset as the parser knows them: with arrays, and
// assignments that are not split.
func (sh *Shell) declClause(c *syntax.DeclClause) {
	o := newDeclOptions(c.Variant.Value)
	sh.subst = 0
	sh.runs(c, nil)
	if sh.debug(sh.commandText) {
		return
	}
	var items []declItem
	options := true
	words := []string{o.cmd}
	for _, a := range c.Args {
		more, err := sh.declArg(&o, a, &options, &words)
		if o.bad != "" {
			sh.status = sh.badDeclaration(&o)
			return
		}
		if err != nil {
			sh.fail(err)
			return
		}
		if a.Array != nil && !o.print && !o.funcs && (o.cmd != "local" || sh.inFunction() != nil) {
			more[0].done, more[0].failed = true, sh.declareOne(&o, more[0]) // before the others, which bash expands first
		}
		items = append(items, more...)
	}
	sh.traceCommand(words)
	sh.status = sh.declare(&o, items)
	if n := len(items); n > 0 {
		sh.lastArg = items[n-1].name
		if items[n-1].assign && items[n-1].array == nil && !items[n-1].sub {
			sh.lastArg += "=" + items[n-1].value
		}
	}
	sh.pipe = []int{sh.status}
}

// declArg expands an argument of a declaration.
func (sh *Shell) declArg(o *declOptions, a *syntax.Assign, options *bool, seen *[]string) ([]declItem, error) {
	if a.Name != nil {
		*options = false
		if isListMember(a) {
			return nil, ref{name: a.Name.Value, sub: true, text: sh.sourceText(a.Index)}.listMember()
		}
		item := declItem{ref: ref{name: a.Name.Value}, assign: !a.Naked, add: a.Append, array: a.Array}
		if a.Index != nil {
			index, err := sh.subscript(a.Index)
			if err != nil {
				return nil, err
			}
			item.index, item.sub, item.text = index, true, sh.sourceText(a.Index)
		}
		if a.Array == nil && !a.Naked {
			value, err := sh.assigned(a.Value)
			if err != nil {
				return nil, err
			}
			item.value = value
		}
		*seen = append(*seen, item.String())
		return []declItem{item}, nil
	}
	words, err := sh.fields([]*syntax.Word{a.Value})
	if err != nil {
		return nil, err
	}
	*seen = append(*seen, words...)
	return sh.declWords(o, words, options)
}

// declWords reads words as options and items.
func (sh *Shell) declWords(o *declOptions, words []string, options *bool) ([]declItem, error) {
	var items []declItem
	for _, w := range words {
		if *options {
			if w == "--" {
				*options = false
				continue
			}
			is, bad := o.options(w)
			if bad != "" {
				o.bad = bad
				return nil, nil
			}
			if is {
				continue
			}
			*options = false
		}
		if w == "-" && o.cmd == "local" {
			o.keep = true
			continue
		}
		items = append(items, parseItem(w))
	}
	return items, nil
}

// String is the item as a word.
func (i declItem) String() string {
	word := i.ref.String()
	switch {
	case !i.assign || i.array != nil:
	case i.add:
		word += "+=" + i.value
	default:
		word += "=" + i.value
	}
	return word
}

// parseItem reads "name", "name=value", "name+=value" or one with a subscript.
func parseItem(w string) declItem {
	left, value, ok := strings.Cut(w, "=")
	item := declItem{assign: ok, value: value}
	if ok && strings.HasSuffix(left, "+") {
		item.add, left = true, left[:len(left)-1]
	}
	item.ref = parseRef(left)
	return item
}

func builtinDeclare(sh *Shell, words []string) int {
	o := newDeclOptions(words[0])
	options := true
	items, _ := sh.declWords(&o, words[1:], &options)
	if o.bad != "" {
		return sh.badDeclaration(&o)
	}
	return sh.declare(&o, items)
}

func (sh *Shell) badDeclaration(o *declOptions) int {
	if o.cmd == "local" && sh.inFunction() == nil {
		sh.complain("local: can only be used in a function")
		return 1
	}
	return sh.invalidOption(o.cmd, o.bad)
}

func (sh *Shell) declare(o *declOptions, items []declItem) int {
	if o.cmd == "local" && sh.inFunction() == nil {
		sh.complain("local: can only be used in a function")
		array := *o
		array.on &= isList | isAssoc
		for _, item := range items {
			if item.array != nil && !item.done { // bash has done it before it looks
				sh.declareOne(&array, item)
			}
		}
		return 1
	}
	if o.keep {
		sh.keepOptions()
		if len(items) == 0 {
			return 0
		}
	}
	if (o.cmd == "export" || o.cmd == "readonly") && len(items) > 0 {
		o.print = false
	}
	switch {
	case o.funcs:
		return sh.declareFuncs(o, items)
	case len(items) == 0 || o.print:
		return sh.printVars(o, items)
	}
	status := 0
	fatal := false
	for _, item := range items {
		err := item.failed
		if !item.done {
			err = sh.declareOne(o, item)
		}
		if item.array != nil {
			err = bare(err)
		}
		if err != nil {
			f, ok := err.(*failure)
			if ok && (f.exit || f.math) {
				return sh.declareFailed(o, f)
			}
			if ok && f.msg != "" {
				msg := f.msg
				fixed := strings.HasSuffix(msg, ": readonly variable")
				fatal = fatal || fixed
				if !f.bare && (o.cmd != "export" && o.cmd != "readonly" || !fixed) {
					msg = o.cmd + ": " + msg
				}
				sh.complain("%s", msg)
				if sh.opts.has(errExit) && msg == f.msg && fixed {
					sh.exit(1) // whoever asks
				}
			}
			status = 1
		}
	}
	if fatal && sh.opts.posix && !sh.direct && special(o.cmd) {
		sh.exit(status)
	}
	return status
}

// declareFailed reports a value that is a wrong expression.
func (sh *Shell) declareFailed(o *declOptions, f *failure) int {
	if f.math {
		sh.fail(f.of(o.cmd))
	} else {
		sh.fail(f)
	}
	return sh.status
}

// savedOptions are the options of set from before a "local -".
type savedOptions struct{ set uint32 }

func (sh *Shell) keepOptions() {
	s := sh.scope.function()
	if s.saved == nil {
		s.saved = &savedOptions{sh.opts.set}
	}
}

// leaveFunction puts back what "local -" kept.
func (sh *Shell) leaveFunction() {
	if s := sh.scope.function(); s.saved != nil {
		sh.opts.set = s.saved.set
	}
}
