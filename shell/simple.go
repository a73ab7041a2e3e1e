package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// simple runs a simple command: assignments, or a command with its words.
func (sh *Shell) simple(c *syntax.CallExpr, redirs []*syntax.Redirect) {
	tail := sh.tail
	sh.tail = false
	sh.line = sh.unit.commandLine(c, redirs)
	sh.runs(c, redirs)
	sh.subst = 0
	trapped := sh.traps.has("ERR")
	if sh.debug(func() string { return sh.commandCode(c, redirs) }) {
		return
	}
	words, err := sh.fields(c.Args)
	if err != nil {
		sh.fail(err)
		return
	}
	if len(words) == 0 {
		sh.assignments(c, redirs)
		return
	}
	sh.invoke(words, c.Assigns, redirs, tail)
	sh.lastArg = words[len(words)-1]
	sh.pipe = []int{sh.status}
	sh.checkSince(trapped)
}

// assignments runs a command that is nothing but assignments and redirections.
func (sh *Shell) assignments(c *syntax.CallExpr, redirs []*syntax.Redirect) {
	for _, a := range c.Assigns {
		if err := sh.assignStmt(a, 0); err != nil {
			sh.fail(err)
			return
		}
	}
	undo, err := sh.redirect(redirs)
	if err != nil {
		sh.redirectFailed(err)
		undo.undo()
		return
	}
	defer undo.undo()
	sh.status = sh.subst
	sh.lastArg = ""
	sh.pipe = []int{sh.status}
	sh.check()
}

// assignStmt performs one assignment; attrs are attributes that the variable gets before.
func (sh *Shell) assignStmt(a *syntax.Assign, attrs flags) error {
	name := a.Name.Value
	if isListMember(a) {
		return ref{name: name, sub: true, text: sh.sourceText(a.Index)}.listMember()
	}
	if a.Array != nil {
		if sh.opts.has(xTrace) {
			sh.trace(sh.source(&syntax.CallExpr{Assigns: []*syntax.Assign{a}}))
		}
		return sh.assignArray(name, a.Array, a.Append)
	}
	r := ref{name: name}
	if a.Index != nil {
		index, err := sh.subscript(a.Index)
		if err != nil {
			return err
		}
		r.index, r.sub, r.text = index, true, sh.sourceText(a.Index)
	}
	value, err := sh.assigned(a.Value)
	if err != nil {
		return err
	}
	if sh.opts.has(xTrace) && attrs == 0 {
		sh.traceAssign(a, r, value)
	}
	return sh.assign(r, value, a.Append)
}

// sourceText is a node as it was written.
func (sh *Shell) sourceText(n syntax.Node) string { return sh.unit.writer().text(n) }

// isListMember tells whether a gives an element of an array a list.
func isListMember(a *syntax.Assign) bool {
	return a.Index != nil && (a.Array != nil || a.Value != nil && a.Value.Lit() == listMark)
}

// listMember is the failure of name[subscript]=( … ).
func (r ref) listMember() error {
	r.index = r.text
	return discard("%s: cannot assign list to array member", r.String())
}

// assignArray is name=( … ) and name+=( … ).
func (sh *Shell) assignArray(name string, array *syntax.ArrayExpr, add bool) error {
	r, v := sh.resolve(ref{name: name})
	if r.sub {
		return discard("%s: cannot assign list to array member", name)
	}
	if v != nil && v.flags&readonly != 0 {
		return discard("%s: readonly variable", r.name)
	}
	elems, err := sh.arrayElems(array, v != nil && v.flags&isAssoc != 0)
	if err != nil {
		return err
	}
	if v == nil {
		v = sh.add(sh.scope.global(), r.name)
	}
	return sh.fill(v, r.name, elems, add)
}

// elem is an element of an array expression after expansion.
type elem struct {
	index string
	sub   bool
	value string
	add   bool
	text  string // as it was written, if it has a subscript
}

// arrayElems expands an array expression. Keys and values of an associative array that stand there by turns are not split.
func (sh *Shell) arrayElems(array *syntax.ArrayExpr, assoc bool) ([]elem, error) {
	var out []elem
	for _, e := range array.Elems {
		if e.Index == nil && assoc {
			word, err := sh.assigned(e.Value)
			if err != nil {
				return nil, err
			}
			out = append(out, elem{value: word})
			continue
		}
		if e.Index == nil {
			words, err := sh.fields([]*syntax.Word{e.Value})
			if err != nil {
				return nil, err
			}
			for _, w := range words {
				out = append(out, elem{value: w})
			}
			continue
		}
		index, err := sh.subscript(e.Index)
		if err != nil {
			return nil, err
		}
		value, err := sh.assigned(e.Value)
		if err != nil {
			return nil, err
		}
		value, add := strings.CutPrefix(value, addMark)
		out = append(out, elem{index: index, sub: true, value: value, add: add, text: "[" + sh.sourceText(e)})
	}
	return out, nil
}

// fill assigns elements to v, which becomes an array.
func (sh *Shell) fill(v *variable, name string, elems []elem, add bool) error {
	if sh.opts.has(allExport) {
		v.flags |= exported
	}
	if v.flags&isAssoc != 0 {
		return sh.fillAssoc(v, name, elems, add)
	}
	if !add {
		v.list, v.str, v.set = &list{}, "", false
		v.flags |= isList
	}
	v.becomeList()
	v.set = true
	next := v.list.top()
	for _, e := range elems {
		if e.sub && e.index == "" {
			sh.complain("[]=%s: bad array subscript", e.value)
			continue
		}
		if e.sub {
			i, err := sh.position(v, e.index)
			if err != nil {
				return err
			}
			if i < 0 {
				return discard("%s[%s]: bad array subscript", name, e.index)
			}
			next = i
		}
		old, _ := v.list.at(next)
		value, err := sh.convert(v, old, e.value, e.add)
		if err != nil {
			return err
		}
		v.list.put(next, value)
		next++
	}
	return nil
}

func (sh *Shell) fillAssoc(v *variable, name string, elems []elem, add bool) error {
	if add {
		v.assoc = v.assoc.own()
	} else {
		v.assoc = (&assoc{shared: true}).own()
	}
	v.set = true
	for i := 0; i < len(elems); i++ {
		e := elems[i]
		if !e.sub && elems[0].sub {
			sh.complain("%s: '%s': must use subscript when assigning associative array", name, e.value)
			continue
		}
		if !e.sub {
			// m=(key value key value)
			e.index = e.value
			e.value = ""
			if i++; i < len(elems) {
				e.value = elems[i].value
			}
		}
		if e.index == "" {
			sh.complain("%s: bad array subscript", e.text)
			continue
		}
		old, _ := v.assoc.get(e.index)
		value, err := sh.convert(v, old, e.value, e.add)
		if err != nil {
			return err
		}
		v.assoc.put(e.index, value)
	}
	return nil
}

// invoke runs the command words[0].
func (sh *Shell) invoke(words []string, assigns []*syntax.Assign, redirs []*syntax.Redirect, tail bool) {
	temp, err := sh.tempScope(assigns)
	if err != nil && !sh.goesOn(err) {
		return
	}
	sh.traceCommand(words)
	name := words[0]
	fn := sh.funcs[name]
	b := sh.builtin(name)
	if fn == nil && b == nil && strings.HasPrefix(name, "%") {
		words, b = append([]string{"fg"}, words...), builtinFg
	}
	undo, err := sh.redirectFor(redirs, fn == nil && b == nil)
	if err != nil {
		defer undo.undo()
		if f, ok := err.(*failure); ok && (f.math || f.exit) && (b != nil || fn != nil) { // a program is not started
			sh.fail(hard(err))
			return
		}
		sh.complain("%s", err.Error())
		if sh.status = 1; sh.opts.posix && b != nil && fn == nil && special(name) {
			sh.exit(1)
		}
		return
	}
	if temp != nil {
		sh.scope = temp
		keep := sh.opts.posix && b != nil && fn == nil && special(name)
		defer sh.popAssigns(keep)
	}
	switch {
	case fn != nil:
		args, frames := sh.args, sh.frames
		sh.call(fn, words)
		if len(redirs) > 0 { // the function is forgotten with them
			sh.args, sh.frames = args, frames
		}
	case b != nil && replaces(words):
		sh.execWords(words, undo)
		return
	case b != nil:
		if code := b(sh, words); sh.ctl.kind != ctlExit {
			sh.status = code
		}
	case tail && len(redirs) == 0 || tail && sh.mayTail():
		sh.tailed = true
		sh.replace(words, name, false)
	default:
		sh.status = sh.external(words)
	}
	undo.undo()
	if sh.obituary != "" {
		sh.write(2, sh.obituary)
		sh.obituary = ""
	}
	if fn == nil && b == nil {
		sh.tellDeaths()
	}
}

// goesOn reports what was wrong with the assignments in front of a command, which runs all the same if a variable is readonly.
func (sh *Shell) goesOn(err error) bool {
	f, ok := err.(*failure)
	if !ok || f.code != codeReadonly {
		sh.fail(hard(err))
		return false
	}
	sh.complain("%s", f.msg)
	if sh.status = 1; sh.opts.has(errExit) && sh.quiet == 0 {
		sh.exit(1)
	} else if sh.opts.posix {
		sh.ctl = control{kind: ctlDiscard}
	}
	return !sh.stopped()
}

// codeReadonly marks the failure of an assignment in front of a command that runs without it.
const codeReadonly = -3

// tempScope makes the assignments in front of a command, in a scope of their own, which is that of the command but not of its
// redirections.
func (sh *Shell) tempScope(assigns []*syntax.Assign) (s *scope, failed error) {
	if len(assigns) == 0 {
		return nil, nil
	}
	s = newScope(sh.scope, true)
	sh.scope = s // later assignments see earlier ones
	defer func(up *scope) { sh.scope = up }(s.up)
	for _, a := range assigns {
		value, err := sh.assigned(a.Value)
		if err != nil {
			return nil, err
		}
		if sh.opts.has(xTrace) {
			sh.traceAssign(a, ref{name: a.Name.Value}, value)
		}
		old := sh.lookup(a.Name.Value)
		if old != nil && old.flags&readonly != 0 {
			failed = &failure{msg: a.Name.Value + ": readonly variable", code: codeReadonly}
			continue
		}
		if subscript, ok := strings.CutPrefix(value, subscriptMark); ok {
			name, _, _ := strings.Cut(subscript, "=")
			sh.complain("%s", notIdentifier(a.Name.Value+name))
			continue
		}
		if a.Append && old != nil {
			before, _ := old.scalar()
			if value, err = sh.convert(&variable{flags: old.flags}, before, value, true); err != nil {
				return nil, err
			}
		}
		v := sh.add(s, a.Name.Value)
		v.flags, v.str = exported, value
		v.set = true
	}
	return s, failed
}

// popAssigns drops the scope of tempScope, or keeps its variables as a special builtin of POSIX does.
func (sh *Shell) popAssigns(keep bool) {
	s := sh.scope
	for !s.temp {
		s = s.up
	}
	sh.scope = s.up
	if keep {
		for name, v := range s.vars {
			sh.export(name, v.str)
		}
	}
}
